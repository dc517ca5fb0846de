package dev.lanewise.bench;

import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Mean squared error and binary cross-entropy, their gradients, and weights of samples. */
public class LossesBench extends KernelBench {
  /** Rows of outputs and their targets. */
  @State(Scope.Benchmark)
  public static class Rows extends KernelState.OfTwins {
    @Param({Shapes.LOGITS_MNIST, Shapes.IMAGE_ROWS, Shapes.ATTENTION})
    public String shape;

    int rows;
    int columns;
    float[] x;
    float[] targets;
    float[] weights;
    float[] loss;
    float[] dx;

    @Override
    void fill() {
      Shapes.Matrix matrix = Shapes.matrix(shape);
      rows = matrix.rows();
      columns = matrix.columns();
      x = input(1, matrix.elements());
      targets = input(2, matrix.elements());
      for (int i = 0; i < targets.length; i++) {
        targets[i] = targets[i] > 0 ? 1 : 0;
      }
      weights = input(3, rows);
      loss = output(rows);
      dx = output(matrix.elements());
    }
  }

  @Benchmark
  public float[] meanSquaredError(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    int n = s.columns;
    s.kernels.losses().meanSquaredError(s.rows, n, s.x, 0, n, s.targets, 0, n, s.loss, 0);
    return s.loss;
  }

  @Benchmark
  public float[] meanSquaredErrorGradient(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 3);
    int n = s.columns;
    s.kernels
        .losses()
        .backwardMeanSquaredError(
            s.rows, n, s.x, 0, n, s.targets, 0, n, s.loss, 0, 1f / s.rows, s.dx, 0, n);
    return s.dx;
  }

  @Benchmark
  public float[] binaryCrossEntropy(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    int n = s.columns;
    s.kernels.losses().binaryCrossEntropy(s.rows, n, s.x, 0, n, s.targets, 0, n, s.loss, 0);
    return s.loss;
  }

  @Benchmark
  public float[] binaryCrossEntropyGradient(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 3);
    int n = s.columns;
    s.kernels
        .losses()
        .backwardBinaryCrossEntropy(
            s.rows, n, s.x, 0, n, s.targets, 0, n, s.loss, 0, 1f / s.rows, s.dx, 0, n);
    return s.dx;
  }

  @Benchmark
  public float[] weigh(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    s.kernels.losses().weigh(s.rows, s.columns, s.weights, 0, s.x, 0, s.dx, 0);
    return s.dx;
  }
}
