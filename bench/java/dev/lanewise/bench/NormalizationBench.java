package dev.lanewise.bench;

import dev.lanewise.testing.Shapes;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Layer normalization of rows, and its gradients. */
public class NormalizationBench extends KernelBench {
  /** Rows, and what is known of them after {@code forward}. */
  @State(Scope.Benchmark)
  public static class Rows extends KernelState.OfTwins {
    @Param({Shapes.IMAGE_ROWS, Shapes.ATTENTION})
    public String shape;

    int rows;
    int columns;
    float[] x;
    float[] dy;
    float[] gamma;
    float[] beta;
    float[] y;
    float[] statistics;
    float[] products;

    @Override
    void fill() {
      Shapes.Matrix matrix = Shapes.matrix(shape);
      rows = matrix.rows();
      columns = matrix.columns();
      x = input(1, matrix.elements());
      dy = input(2, matrix.elements());
      gamma = input(3, columns);
      beta = input(4, columns);
      y = output(matrix.elements());
      statistics = output(2 * rows);
      Arrays.fill(statistics, 0.5f);
      products = output(matrix.elements());
    }
  }

  @Benchmark
  public float[] forward(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    int n = s.columns;
    s.kernels
        .normalization()
        .forward(s.rows, n, s.x, 0, n, s.gamma, 0, s.beta, 0, 1e-3f, s.y, 0, n, s.statistics, 0);
    return s.y;
  }

  @Benchmark
  public float[] backward(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 4);
    int n = s.columns;
    s.kernels
        .normalization()
        .backward(
            s.rows,
            n,
            s.x,
            0,
            n,
            s.gamma,
            0,
            s.statistics,
            0,
            s.dy,
            0,
            n,
            s.products,
            0,
            n,
            s.y,
            0,
            n);
    return s.y;
  }
}
