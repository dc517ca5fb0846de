package dev.lanewise.bench;

import dev.lanewise.kernel.math.ExpLog;
import dev.lanewise.kernel.support.SimdMath;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Our exp and log over an array in L1, on one thread, beside {@code Math.exp} and Math.log. */
public class MathBench extends KernelBench {
  /** Arguments as a softmax has them. */
  @State(Scope.Benchmark)
  public static class Vector extends Checked {
    @Param({"scalar", "simd", "plain"})
    public String impl;

    @Param("1")
    public int threads;

    @Param(Shapes.TILE)
    public String shape;

    private String used;
    float[] x;
    float[] positive;
    float[] y;

    @Override
    String impl() {
      return impl;
    }

    @Override
    void use(String implementation) {
      used = implementation;
    }

    @Override
    void fill() {
      x = input(1, Integer.parseInt(shape));
      positive = input(2, x.length);
      y = output(x.length);
      for (int i = 0; i < x.length; i++) {
        x[i] = -3 * Math.abs(x[i]);
        positive[i] = 1000 * Math.abs(positive[i]);
      }
    }
  }

  /** What a softmax asks for: exponents from about −10 to 0. */
  @Benchmark
  public float[] exp(Vector s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    switch (s.used) {
      case "simd" -> SimdMath.exp(s.x.length, s.x, 0, s.y, 0);
      case "scalar" -> scalarExp(s.x, s.y);
      default -> plainExp(s.x, s.y);
    }
    return s.y;
  }

  @Benchmark
  public float[] log(Vector s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    switch (s.used) {
      case "simd" -> SimdMath.log(s.positive.length, s.positive, 0, s.y, 0);
      case "scalar" -> scalarLog(s.positive, s.y);
      default -> plainLog(s.positive, s.y);
    }
    return s.y;
  }

  private static void scalarExp(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = ExpLog.exp(x[i]);
    }
  }

  private static void scalarLog(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = ExpLog.log(x[i]);
    }
  }

  private static void plainExp(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) Math.exp(x[i]);
    }
  }

  private static void plainLog(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) Math.log(x[i]);
    }
  }
}
