package dev.lanewise.bench;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.activation.Activation;
import dev.lanewise.kernel.activation.ScalarActivation;
import dev.lanewise.kernel.activation.SimdActivation;
import dev.lanewise.kernel.parallel.Team;
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

/** Bias, ReLU and its gradient at the MNIST CNN's sizes, batch 64; read the lines {@code :GB}. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class ActivationBench {
  /** The convolution's output: 64 images of 26 × 26 pixels. */
  private static final int PIXELS = 64 * 26 * 26;

  private static final int FILTERS = 32;

  @Param({"scalar", "simd"})
  String impl;

  @Param({"1", "2"})
  int threads;

  private Team team;
  private Activation activation;
  private final float[] x = new float[PIXELS * FILTERS];
  private final float[] y = new float[PIXELS * FILTERS];
  private final float[] dx = new float[PIXELS * FILTERS];

  /** Zero: in place, the same values then come out time after time. */
  private final float[] bias = new float[64 * 5408];

  private TileConsumer consumer;

  @Setup(Level.Trial)
  public void fill() {
    team = Team.of(threads);
    activation = impl.equals("simd") ? new SimdActivation(team) : new ScalarActivation();
    consumer = activation.biasReluTiles(bias, 0);
    Random random = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
      y[i] = (float) random.nextGaussian();
    }
  }

  @TearDown
  public void close() {
    team.close();
  }

  /** One tile as a convolution hands it on: 64 pixels, 8 KB, in place. */
  @Benchmark
  public float[] biasReluTile(Traffic traffic) {
    traffic.count(64 * FILTERS, 2);
    consumer.accept(x, 0, FILTERS, 0, 64, 0, FILTERS);
    return x;
  }

  /** The bias alone, over the whole output of the convolution. */
  @Benchmark
  public float[] biasConvolution(Traffic traffic) {
    traffic.count(x.length, 2);
    activation.addBias(PIXELS, FILTERS, x, 0, FILTERS, bias, 0, dx, 0, FILTERS);
    return dx;
  }

  /** The whole output of the convolution, not fused. */
  @Benchmark
  public float[] biasReluConvolution(Traffic traffic) {
    traffic.count(x.length, 2);
    activation.addBiasRelu(PIXELS, FILTERS, x, 0, FILTERS, bias, 0, y, 0, FILTERS);
    return y;
  }

  /** A matrix of long rows: 64 × 5408. */
  @Benchmark
  public float[] biasReluWide(Traffic traffic) {
    traffic.count(64 * 5408, 2);
    activation.addBiasRelu(64, 5408, x, 0, 5408, bias, 0, y, 0, 5408);
    return y;
  }

  /** The convolution's ReLU on its own. */
  @Benchmark
  public float[] relu(Traffic traffic) {
    traffic.count(x.length, 2);
    activation.relu(x.length, x, 0, y, 0);
    return y;
  }

  /** The gradient of the convolution's ReLU. */
  @Benchmark
  public float[] reluGradient(Traffic traffic) {
    traffic.count(x.length, 3);
    activation.reluGradient(x.length, y, 0, x, 0, dx, 0);
    return dx;
  }
}
