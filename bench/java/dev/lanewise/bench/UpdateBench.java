package dev.lanewise.bench;

import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.kernel.update.UpdateRule;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Optimizer updates in place, clipping's factor excepted: see Reduce and Elementwise for that. */
public class UpdateBench extends KernelBench {
  /** Weights and states: they only creep, settle or go to and fro, however many steps are run. */
  public abstract static class Weights extends KernelState.OfTwins {
    /** The rule. */
    @Param public UpdateRule rule;

    float[] w;
    float[] g;
    float[][] states;
    private UpdateRule.Numbers there;
    private UpdateRule.Numbers back;

    void fill(int n, Moments moments) {
      w = input(1, n);
      g = input(2, n);
      states = new float[rule.states().length()][];
      for (int s = 0; s < states.length; s++) {
        states[s] = output(n);
      }
      // The third number is a factor of 1, Nadam's rate of the gradient, or Ftrl's L1.
      float third = rule == UpdateRule.NADAM ? 1e-6f : rule == UpdateRule.FTRL ? 0 : 1;
      there = new UpdateRule.Numbers(1e-6f, 0.9f, third, 1e-7f, 1e-7f, 0, moments);
      // Ftrl's weights are made anew from its state at each step, and its rate is positive.
      float rate = rule == UpdateRule.FTRL ? 1e-6f : -1e-6f;
      float other = rule == UpdateRule.NADAM ? -1e-6f : third;
      back = new UpdateRule.Numbers(rate, 0.9f, other, 1e-7f, 1e-7f, 0, moments);
    }

    float[] step(Update update, Traffic traffic) {
      int reads = rule == UpdateRule.DECAY || rule == UpdateRule.AVERAGE ? 1 : 2;
      int writes = rule == UpdateRule.AVERAGE ? 0 : 1;
      traffic.count(w.length, reads + writes + 2 * states.length);
      rule.step(update, there, w.length, w, 0, g, 0, states);
      UpdateRule.Numbers next = back;
      back = there;
      there = next;
      return w;
    }
  }

  /** A variable with ordinary gradients. */
  @State(Scope.Benchmark)
  public static class Variable extends Weights {
    @Param({Shapes.THOUSAND, Shapes.DENSE_WEIGHTS, Shapes.TEN_MILLION})
    public String shape;

    @Override
    void fill() {
      fill(Integer.parseInt(shape), Moments.of(0.9, 0.999));
    }
  }

  /** States after 2000 steps with gradients that were always zero. */
  @State(Scope.Benchmark)
  public static class Decayed extends Weights {
    @Param("65536")
    public String shape;

    /** What small state is flushed with: the contract's thresholds, or none. */
    @Param({"contract", "none"})
    public String flush;

    @Override
    void fill() {
      fill(Integer.parseInt(shape), Moments.of(0.9, 0.95, flush.equals("none") ? 0 : 1));
      for (int i = 0; i < w.length; i++) {
        for (int s = 0; s < states.length; s++) {
          states[s][i] = rule.square(s) ? g[i] * g[i] : g[i];
        }
        g[i] = 0;
      }
      for (int step = 0; step < 2000; step++) {
        step(kernels.update(), new Traffic());
      }
    }
  }

  /** One step. */
  @Benchmark
  public float[] update(Variable s, Traffic traffic) {
    return s.step(s.kernels.update(), traffic);
  }

  /** Must cost what {@link #update} costs; without thresholds some states are subnormal. */
  @Benchmark
  public float[] afterZeroGradients(Decayed s, Traffic traffic) {
    return s.step(s.kernels.update(), traffic);
  }
}
