package dev.lanewise.bench;

import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reductions of weights, gradients and activations. */
public class ReduceBench extends KernelBench {
  /** Rows that are added up: the gradients of biases. */
  @State(Scope.Benchmark)
  public static class Rows extends KernelState.OfTwins {
    @Param({Shapes.LOGITS_MNIST, Shapes.DENSE_ROWS, Shapes.CONV_OUTPUT})
    public String shape;

    int rows;
    int columns;
    float[] x;
    float[] sums;

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
  public float sum(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.reduce().sum(s.n, s.x, 0);
  }

  @Benchmark
  public float max(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.reduce().max(s.n, s.x, 0);
  }

  @Benchmark
  public float dot(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 2);
    return s.kernels.reduce().dot(s.n, s.x, 0, s.y, 0);
  }

  @Benchmark
  public float squaredNorm(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.reduce().squaredNorm(s.n, s.x, 0);
  }

  /** What a gradient is clipped by. */
  @Benchmark
  public double squaredNormInDouble(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.reduce().squaredNormInDouble(s.n, s.x, 0);
  }

  @Benchmark
  public int argMax(KernelState.Vectors s, Traffic traffic) {
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
