package dev.lanewise.bench;

import dev.lanewise.testing.Shapes;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Batch normalization of channels, and its gradients. */
public class BatchNormalizationBench extends KernelBench {
  /** Rows of channels, and their moments. */
  @State(Scope.Benchmark)
  public static class Rows extends KernelState.OfTwins {
    @Param({Shapes.DENSE_ROWS, Shapes.CONV_OUTPUT})
    public String shape;

    int rows;
    int columns;
    float[] x;
    float[] dy;
    float[] gamma;
    float[] beta;
    float[] y;
    float[] mean;
    float[] variance;
    float[] dgamma;
    float[] dbeta;

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
      mean = output(columns);
      variance = output(columns);
      Arrays.fill(variance, 1f);
      dgamma = output(columns);
      dbeta = output(columns);
    }
  }

  @Benchmark
  public float[] forward(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    int n = s.columns;
    s.kernels
        .batchNormalization()
        .forward(
            s.rows,
            n,
            s.x,
            0,
            n,
            s.gamma,
            0,
            s.beta,
            0,
            1e-3f,
            s.y,
            0,
            n,
            s.mean,
            0,
            s.variance,
            0);
    return s.y;
  }

  @Benchmark
  public float[] normalize(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 2);
    int n = s.columns;
    s.kernels
        .batchNormalization()
        .normalize(
            s.rows,
            n,
            s.x,
            0,
            n,
            s.gamma,
            0,
            s.beta,
            0,
            1e-3f,
            s.mean,
            0,
            s.variance,
            0,
            s.y,
            0,
            n);
    return s.y;
  }

  @Benchmark
  public float[] backward(Rows s, Traffic traffic) {
    traffic.count(s.x.length, 3);
    int n = s.columns;
    s.kernels
        .batchNormalization()
        .backward(
            s.rows,
            n,
            s.x,
            0,
            n,
            s.gamma,
            0,
            1e-3f,
            s.mean,
            0,
            s.variance,
            0,
            s.dy,
            0,
            n,
            s.y,
            0,
            n,
            s.dgamma,
            0,
            s.dbeta,
            0);
    return s.y;
  }
}
