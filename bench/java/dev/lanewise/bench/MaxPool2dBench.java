package dev.lanewise.bench;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pool.MaxPool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.pool.ScalarMaxPool2d;
import dev.lanewise.kernel.pool.SimdMaxPool2d;
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
 * Max-pooling: the MNIST CNN's layer (batch 64), its tiles, and a layer of overlapping windows;
 * read the lines {@code :GB}, bytes of input, output and winners.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class MaxPool2dBench {
  @Param({"scalar", "simd"})
  String impl;

  @Param({"1", "2"})
  int threads;

  /** The CNN's 2 × 2 windows, and 3 × 3 windows with stride 2 and padding. */
  @Param({"cnn", "overlapping"})
  String layer;

  private Team team;
  private MaxPool2d pool;
  private Pool2dShape shape;
  private float[] x;
  private float[] y;
  private int[] taps;
  private Pool2dShape tiled;
  private TileConsumer consumer;

  @Setup(Level.Trial)
  public void fill() {
    team = Team.of(threads);
    pool = impl.equals("simd") ? new SimdMaxPool2d(team) : new ScalarMaxPool2d();
    shape =
        layer.equals("cnn")
            ? Pool2dShape.valid(64, 26, 26, 32, 2, 2)
            : new Pool2dShape(8, 56, 56, 64, 3, 3, 2, 2, 1, 1, 1, 1);
    x = new float[shape.inElements()];
    y = new float[shape.outElements()];
    taps = new int[shape.outElements()];
    Random random = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    pool.forward(shape, x, 0, y, 0, taps, 0);
    tiled = layer.equals("cnn") ? shape : Pool2dShape.valid(8, 56, 56, 64, 3, 3);
    consumer = pool.tiles(tiled, y, 0, taps, 0, null);
  }

  @TearDown
  public void close() {
    team.close();
  }

  @Benchmark
  public float[] forward(Traffic traffic) {
    count(traffic);
    pool.forward(shape, x, 0, y, 0, taps, 0);
    return y;
  }

  /** Forward without winners, as in evaluation. */
  @Benchmark
  public float[] forwardOnly(Traffic traffic) {
    count(traffic);
    pool.forward(shape, x, 0, y, 0, null, 0);
    return y;
  }

  /** The winners are those of the last forward pass; what x held is overwritten. */
  @Benchmark
  public float[] backward(Traffic traffic) {
    count(traffic);
    pool.backward(shape, y, 0, taps, 0, x, 0);
    return x;
  }

  /**
   * Tiles of two rows of windows on one thread, as a convolution hands them on; in place of the
   * overlapping windows, which no tile holds, windows of 3 × 3 side by side.
   */
  @Benchmark
  public float[] tiles(Traffic traffic) {
    count(traffic);
    int channels = tiled.channels();
    int width = tiled.inWidth();
    int high = 2 * tiled.strideHeight();
    for (int image = 0; image < tiled.batch(); image++) {
      for (int ih = 0; ih < tiled.inHeight(); ih += high) {
        int row = (image * tiled.inHeight() + ih) * width;
        int rows = Math.min(high, tiled.inHeight() - ih) * width;
        consumer.accept(x, row * channels, channels, row, rows, 0, channels);
      }
    }
    return y;
  }

  private void count(Traffic traffic) {
    traffic.count(x.length + 2L * y.length, 1);
  }
}
