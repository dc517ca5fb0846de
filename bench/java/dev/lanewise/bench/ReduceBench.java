package dev.lanewise.bench;

import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reductions of weights, gradients and activations. */
public class ReduceBench extends KernelBench {
  /** Two vectors. */
  @State(Scope.Benchmark)
  public static class Vector extends KernelState {
    @Param({"scalar", "simd", "plain"})
    public String impl;

    @Param({Shapes.TILE, Shapes.DENSE_WEIGHTS, Shapes.TEN_MILLION})
    public String shape;

    int n;
    float[] x;
    float[] y;

    @Override
    String impl() {
      return impl;
    }

    @Override
    void fill() {
      n = Integer.parseInt(shape);
      x = input(1, n);
      y = input(2, n);
    }

    /** Rounding grows with the number of terms. */
    @Override
    double tolerance() {
      return 1e-3;
    }
  }

  /** Rows that are added up: the gradients of biases. */
  @State(Scope.Benchmark)
  public static class Rows extends KernelState {
    @Param({"scalar", "simd", "plain"})
    public String impl;

    @Param({Shapes.LOGITS_MNIST, Shapes.DENSE_ROWS, Shapes.CONV_OUTPUT})
    public String shape;

    int rows;
    int columns;
    float[] x;
    float[] sums;

    @Override
    String impl() {
      return impl;
    }

    @Override
    void fill() {
      Shapes.Matrix matrix = Shapes.matrix(shape);
      rows = matrix.rows();
      columns = matrix.columns();
      x = input(1, matrix.elements());
      sums = output(columns);
    }
  }

  @Benchmark
  public float sum(Vector s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.reduce().sum(s.n, s.x, 0);
  }

  @Benchmark
  public float max(Vector s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.reduce().max(s.n, s.x, 0);
  }

  @Benchmark
  public float dot(Vector s, Traffic traffic) {
    traffic.count(s.n, 2);
    return s.kernels.reduce().dot(s.n, s.x, 0, s.y, 0);
  }

  @Benchmark
  public float squaredNorm(Vector s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.reduce().squaredNorm(s.n, s.x, 0);
  }

  /** What a gradient is clipped by. */
  @Benchmark
  public double squaredNormInDouble(Vector s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.reduce().squaredNormInDouble(s.n, s.x, 0);
  }

  @Benchmark
  public int argMax(Vector s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.reduce().argMax(s.n, s.x, 0);
  }

  @Benchmark
  public float[] sumRows(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 1);
    s.kernels.reduce().sumRows(s.rows, s.columns, s.x, s.sums);
    return s.sums;
  }
}
