package dev.lanewise.bench;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.ScalarUpdate;
import dev.lanewise.kernel.update.SimdUpdate;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.kernel.update.UpdateRule;
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

  @Param({
    "SGD",
    "MOMENTUM",
    "NESTEROV",
    "ADAGRAD",
    "ADADELTA",
    "RMSPROP",
    "RMSPROP_MOMENTUM",
    "RMSPROP_CENTERED",
    "RMSPROP_CENTERED_MOMENTUM",
    "ADAM",
    "AMSGRAD",
    "ADAMAX",
    "NADAM",
    "FTRL",
    "LION",
    "DECAY",
    "AVERAGE"
  })
  UpdateRule rule;

  /** Weights and states: they only creep or settle, however many steps are run. */
  static class Weights {
    float[] w;
    float[] g;
    float[][] states;
    UpdateRule.Numbers numbers;

    void fill(UpdateRule rule, int n, Moments moments) {
      Random random = new Random(1);
      w = new float[n];
      g = new float[n];
      states = new float[rule.states().length()][n];
      for (int i = 0; i < n; i++) {
        w[i] = (float) random.nextGaussian();
        g[i] = (float) random.nextGaussian();
      }
      // The third number is a factor of 1, Nadam's rate of the gradient, or Ftrl's L1.
      float third = rule == UpdateRule.NADAM ? 1e-6f : rule == UpdateRule.FTRL ? 0 : 1;
      numbers = new UpdateRule.Numbers(1e-6f, 0.9f, third, 0, 1e-7f, 0, moments);
    }

    float[] step(Update update, UpdateRule rule, Traffic traffic) {
      int reads = rule == UpdateRule.DECAY || rule == UpdateRule.AVERAGE ? 1 : 2;
      int writes = rule == UpdateRule.AVERAGE ? 0 : 1;
      traffic.count(w.length, reads + writes + 2 * states.length);
      rule.step(update, numbers, w.length, w, 0, g, 0, states);
      return w;
    }
  }

  /** A variable with ordinary gradients. */
  @State(Scope.Benchmark)
  public static class Variable extends Weights {
    @Param({"2048", "1384448", "10000000"})
    int n;

    @Setup(Level.Trial)
    public void fill(UpdateBench bench) {
      fill(bench.rule, n, Moments.of(0.9, 0.999));
    }
  }

  /** States after 2000 steps with gradients that were always zero. */
  @State(Scope.Benchmark)
  public static class Decayed extends Weights {
    /** What small state is flushed with: the contract's thresholds, or none. */
    @Param({"contract", "none"})
    String flush;

    @Setup(Level.Trial)
    public void fill(UpdateBench bench) {
      fill(bench.rule, 1 << 16, Moments.of(0.9, 0.95, flush.equals("none") ? 0 : 1));
      for (int i = 0; i < w.length; i++) {
        for (int s = 0; s < states.length; s++) {
          states[s][i] = bench.rule.square(s) ? g[i] * g[i] : g[i];
        }
        g[i] = 0;
      }
      try (Team team = Team.of(1)) {
        Update update = new SimdUpdate(team);
        for (int step = 0; step < 2000; step++) {
          bench.rule.step(update, numbers, w.length, w, 0, g, 0, states);
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
  public float[] update(Variable x, Traffic traffic) {
    return x.step(update, rule, traffic);
  }

  /** Must cost what {@link #update} costs; without thresholds some states are subnormal. */
  @Benchmark
  public float[] afterZeroGradients(Decayed x, Traffic traffic) {
    return x.step(update, rule, traffic);
  }
}
