package dev.lanewise.bench;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.kernel.reduce.ScalarReduce;
import dev.lanewise.kernel.reduce.SimdReduce;
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

/** Reductions of the MNIST CNN's weights and gradients; read the lines {@code :GB}. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class ReduceBench {
  /** The convolution's output gradient, batch 64: 26 × 26 pixels of 32 channels. */
  private static final int PIXELS = 64 * 26 * 26;

  private static final int CHANNELS = 32;

  /** The weights of the large dense layer. */
  private static final int WEIGHTS = 5408 * 256;

  @Param({"scalar", "simd"})
  String impl;

  @Param({"1", "2"})
  int threads;

  private Team team;
  private Reduce reduce;
  private final float[] x = new float[WEIGHTS];
  private final float[] y = new float[WEIGHTS];
  private final float[] sums = new float[256];

  @Setup(Level.Trial)
  public void fill() {
    team = Team.of(threads);
    reduce = impl.equals("simd") ? new SimdReduce(team) : new ScalarReduce();
    Random random = new Random(1);
    for (int i = 0; i < WEIGHTS; i++) {
      x[i] = (float) random.nextGaussian();
      y[i] = (float) random.nextGaussian();
    }
  }

  @TearDown
  public void close() {
    team.close();
  }

  /** A block, in L1. */
  @Benchmark
  public float sumBlock(Traffic traffic) {
    traffic.count(Reduce.BLOCK, 1);
    return reduce.sum(Reduce.BLOCK, x, 0);
  }

  @Benchmark
  public float sum(Traffic traffic) {
    traffic.count(WEIGHTS, 1);
    return reduce.sum(WEIGHTS, x, 0);
  }

  @Benchmark
  public float dot(Traffic traffic) {
    traffic.count(WEIGHTS, 2);
    return reduce.dot(WEIGHTS, x, 0, y, 0);
  }

  @Benchmark
  public float squaredNorm(Traffic traffic) {
    traffic.count(WEIGHTS, 1);
    return reduce.squaredNorm(WEIGHTS, x, 0);
  }

  /** What a gradient is clipped by. */
  @Benchmark
  public double squaredNormInDouble(Traffic traffic) {
    traffic.count(WEIGHTS, 1);
    return reduce.squaredNormInDouble(WEIGHTS, x, 0);
  }

  @Benchmark
  public float max(Traffic traffic) {
    traffic.count(WEIGHTS, 1);
    return reduce.max(WEIGHTS, x, 0);
  }

  @Benchmark
  public int argMax(Traffic traffic) {
    traffic.count(WEIGHTS, 1);
    return reduce.argMax(WEIGHTS, x, 0);
  }

  /** The dense layer's bias gradient: 64 × 256. */
  @Benchmark
  public float[] sumRowsDense(Traffic traffic) {
    traffic.count(64 * 256, 1);
    reduce.sumRows(64, 256, x, 0, 256, sums, 0);
    return sums;
  }

  /** The last layer's: 64 × 10. */
  @Benchmark
  public float[] sumRowsHead(Traffic traffic) {
    traffic.count(64 * 10, 1);
    reduce.sumRows(64, 10, x, 0, 10, sums, 0);
    return sums;
  }

  /** A convolution's bias gradient as plain column sums: 43264 × 32. */
  @Benchmark
  public float[] sumRowsConvolution(Traffic traffic) {
    traffic.count(PIXELS * CHANNELS, 1);
    reduce.sumRows(PIXELS, CHANNELS, x, 0, CHANNELS, sums, 0);
    return sums;
  }
}
