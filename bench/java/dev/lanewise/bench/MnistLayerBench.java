package dev.lanewise.bench;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.dropout.Dropout;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pool.Pool2dShape;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The convolutional layer of the MNIST network as a training step runs it, at batch 64: convolution
 * (28 × 28 × 1 to 32 filters, 3 × 3), bias, ReLU, 2 × 2 max-pooling and dropout; in milliseconds.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class MnistLayerBench {
  private static final Conv2dShape CONV = Conv2dShape.valid(64, 28, 28, 1, 32, 3, 3);
  private static final Pool2dShape POOL = Pool2dShape.valid(64, 26, 26, 32, 2, 2);
  private static final double RATE = 0.25;

  @Param({"1", "2"})
  int threads;

  private Team team;
  private Kernels kernels;
  private TileConsumer chain;
  private final float[] x = new float[CONV.inElements()];
  private final float[] w = new float[CONV.weightElements()];
  private final float[] bias = new float[CONV.filters()];
  private final float[] y = new float[POOL.outElements()];
  private final int[] taps = new int[POOL.outElements()];
  private final float[] dy = new float[POOL.outElements()];
  private final float[] masked = new float[POOL.outElements()];
  private final float[] dw = new float[CONV.weightElements()];
  private final float[] db = new float[CONV.filters()];

  @Setup(Level.Trial)
  public void fill() {
    team = Team.of(threads);
    kernels = Kernels.simd(team);
    Random random = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.max(0, random.nextInt(-255, 256)) / 255f;
    }
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < dy.length; i++) {
      dy[i] = (float) random.nextGaussian();
    }
    TileConsumer dropout =
        (tile, offset, ld, row, rows, column, columns) ->
            kernels
                .dropout()
                .apply(rows * columns, RATE, 1, row * columns, tile, offset, tile, offset);
    chain =
        kernels
            .maxPool2d()
            .biasReluTiles(kernels.activation(), bias, 0, POOL, y, 0, taps, 0, dropout);
    forward();
  }

  @TearDown
  public void close() {
    team.close();
  }

  /** The whole chain, tile by tile. */
  @Benchmark
  public float[] forward() {
    kernels.conv2d().forwardTiles(CONV, x, 0, w, 0, chain);
    return y;
  }

  /** Without anything behind the convolution. */
  @Benchmark
  public float[] convolution() {
    kernels
        .conv2d()
        .forwardTiles(CONV, x, 0, w, 0, (tile, offset, ld, row, rows, column, columns) -> {});
    return y;
  }

  /** Gradients of dropout, ReLU and pooling, then of weights and bias. */
  @Benchmark
  public float[] backward() {
    int n = dy.length;
    kernels.activation().scaledReluGradient(n, Dropout.scale(RATE), y, 0, dy, 0, masked, 0);
    kernels.conv2d().backwardWeightsPooled(CONV, POOL, x, 0, masked, 0, taps, 0, dw, 0);
    kernels.conv2d().backwardBiasPooled(POOL, masked, 0, taps, 0, db, 0);
    return dw;
  }

  /** The gradient of the weights alone. */
  @Benchmark
  public float[] weights() {
    kernels.conv2d().backwardWeightsPooled(CONV, POOL, x, 0, dy, 0, taps, 0, dw, 0);
    return dw;
  }

  /** The gradient of the bias alone. */
  @Benchmark
  public float[] bias() {
    kernels.conv2d().backwardBiasPooled(POOL, dy, 0, taps, 0, db, 0);
    return db;
  }
}
