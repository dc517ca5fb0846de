package dev.lanewise.bench;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.kernel.update.SimdUpdate;
import dev.lanewise.kernel.update.Update;
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
 * Optimizer updates in place; read the lines {@code :GB}. Sizes: a gradient's tile, the dense layer
 * of the MNIST CNN, and ten million weights.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class UpdateBench {
  @Param({"scalar", "simd"})
  String impl;

  @Param({"1", "2"})
  int threads;

  /** Weights and states: they only creep or settle, however many steps are run. */
  static class Weights {
    float[] w;
    float[] g;
    float[] m;
    float[] v;

    void fill(int n) {
      Random random = new Random(1);
      w = new float[n];
      g = new float[n];
      m = new float[n];
      v = new float[n];
      for (int i = 0; i < n; i++) {
        w[i] = (float) random.nextGaussian();
        g[i] = (float) random.nextGaussian();
      }
    }
  }

  /** A variable with ordinary gradients. */
  @State(Scope.Benchmark)
  public static class Variable extends Weights {
    @Param({"2048", "1384448", "10000000"})
    int n;

    @Setup(Level.Trial)
    public void fill() {
      fill(n);
    }
  }

  /** States after 2000 steps of Adam with gradients that were always zero. */
  @State(Scope.Benchmark)
  public static class Decayed extends Weights {
    /** What small state is flushed with: the contract's thresholds, or none. */
    @Param({"contract", "none"})
    String flush;

    float flushMean;
    float flushSquare;

    @Setup(Level.Trial)
    public void fill() {
      fill(1 << 16);
      boolean none = flush.equals("none");
      flushMean = none ? 0 : Update.FLUSH_MEAN;
      flushSquare = none ? 0 : Update.FLUSH_SQUARE;
      for (int i = 0; i < w.length; i++) {
        m[i] = g[i];
        v[i] = g[i] * g[i];
        g[i] = 0;
      }
      try (Team team = Team.of(1)) {
        Update update = new SimdUpdate(team);
        for (int step = 0; step < 2000; step++) {
          adam(update, this, flushMean, flushSquare);
        }
      }
    }
  }

  private Team team;
  private Update update;

  @Setup(Level.Trial)
  public void start() {
    team = Team.of(threads);
    update = impl.equals("simd") ? new SimdUpdate(team) : new ScalarUpdate();
  }

  @TearDown
  public void close() {
    team.close();
  }

  @Benchmark
  public float[] sgd(Variable x, Traffic traffic) {
    traffic.count(x.w.length, 3);
    update.sgd(x.w.length, x.w, 0, x.g, 0, 1e-6f);
    return x.w;
  }

  @Benchmark
  public float[] momentum(Variable x, Traffic traffic) {
    traffic.count(x.w.length, 5);
    update.momentum(x.w.length, x.w, 0, x.g, 0, x.v, 0, 1e-6f, 0.9f, false, Update.FLUSH_MEAN);
    return x.w;
  }

  @Benchmark
  public float[] nesterov(Variable x, Traffic traffic) {
    traffic.count(x.w.length, 5);
    update.momentum(x.w.length, x.w, 0, x.g, 0, x.v, 0, 1e-6f, 0.9f, true, Update.FLUSH_MEAN);
    return x.w;
  }

  @Benchmark
  public float[] adam(Variable x, Traffic traffic) {
    traffic.count(x.w.length, 7);
    adam(update, x, Update.FLUSH_MEAN, Update.FLUSH_SQUARE);
    return x.w;
  }

  /** Must cost what {@link #adam} costs; without thresholds the first moments are subnormal. */
  @Benchmark
  public float[] adamAfterZeroGradients(Decayed x, Traffic traffic) {
    traffic.count(x.w.length, 7);
    adam(update, x, x.flushMean, x.flushSquare);
    return x.w;
  }

  private static void adam(Update update, Weights x, float flushMean, float flushSquare) {
    update.adam(
        x.w.length,
        x.w,
        0,
        x.g,
        0,
        x.m,
        0,
        x.v,
        0,
        1e-6f,
        0.9f,
        0.1f,
        0.999f,
        0.001f,
        1e-7f,
        flushMean,
        flushSquare);
  }
}
