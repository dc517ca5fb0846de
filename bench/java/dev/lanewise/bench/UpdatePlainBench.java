package dev.lanewise.bench;

import dev.lanewise.bench.plain.Plain;
import dev.lanewise.kernel.update.Moments;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** {@link UpdateBench} by a plain loop, for Adam. */
public class UpdatePlainBench extends KernelBench {
  private static final Moments MOMENTS = Moments.of(0.9, 0.999);
  private static final float[] NONE = {};

  /** A variable with ordinary gradients, which goes to and fro. */
  @State(Scope.Benchmark)
  public static class Variable extends KernelState {
    @Param("plain")
    public String impl;

    @Param("ADAM")
    public String rule;

    @Param({Shapes.THOUSAND, Shapes.DENSE_WEIGHTS, Shapes.TEN_MILLION})
    public String shape;

    float alpha;
    float[] w;
    float[] g;
    float[] m;
    float[] v;

    @Override
    String impl() {
      return impl;
    }

    @Override
    void fill() {
      int n = Integer.parseInt(shape);
      alpha = 1e-6f;
      w = input(1, n);
      g = input(2, n);
      m = output(n);
      v = output(n);
    }
  }

  /** One step. */
  @Benchmark
  public float[] update(Variable s, Traffic traffic) {
    int n = s.w.length;
    traffic.count(n, 7); // weights and both moments, read and written, and the gradient
    s.alpha = -s.alpha;
    if (s.plain) {
      Plain.adam(s.w, s.g, s.m, s.v, MOMENTS, s.alpha, 1e-7f);
    } else {
      s.kernels.update().adam(n, s.w, 0, s.g, 0, s.m, s.v, NONE, MOMENTS, s.alpha, 1e-7f, 0);
    }
    return s.w;
  }
}
