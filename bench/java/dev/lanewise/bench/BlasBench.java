package dev.lanewise.bench;

import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** BLAS's levels 1 and 2. */
public class BlasBench extends KernelBench {
  /** A matrix of 1, 4 or 64 MB and two vectors. */
  @State(Scope.Benchmark)
  public static class Square extends KernelState.OfTwins {
    @Param({"512x512", "1024x1024", "4096x4096"})
    public String shape;

    int n;
    float alpha;
    float[] a;
    float[] x;
    float[] y;

    @Override
    void fill() {
      n = Shapes.matrix(shape).rows();
      alpha = 1e-6f;
      a = input(1, n * n);
      x = input(2, n);
      y = input(3, n);
    }
  }

  /** There and back again, so that y stays where it is. */
  @Benchmark
  public float[] axpy(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 3);
    s.alpha = -s.alpha;
    s.kernels.blas().axpy(s.alpha, s.x, s.y);
    return s.y;
  }

  /** By a half and by two in turn. */
  @Benchmark
  public float[] scal(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 2);
    s.factor = 1 / s.factor;
    s.kernels.blas().scal(s.factor, s.x);
    return s.x;
  }

  @Benchmark
  public float dot(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 2);
    return s.kernels.blas().dot(s.x, s.y);
  }

  @Benchmark
  public float nrm2(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.blas().nrm2(s.x);
  }

  @Benchmark
  public float asum(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.blas().asum(s.x);
  }

  @Benchmark
  public int iamax(KernelState.Vectors s, Traffic traffic) {
    traffic.count(s.n, 1);
    return s.kernels.blas().iamax(s.x);
  }

  @Benchmark
  public float[] gemv(Square s, Traffic traffic) {
    traffic.count(s.a.length, 1);
    s.kernels.blas().gemv(s.n, s.n, s.a, s.x, s.y);
    return s.y;
  }

  @Benchmark
  public float[] gemvTransposed(Square s, Traffic traffic) {
    traffic.count(s.a.length, 1);
    s.kernels.blas().gemv(Transpose.YES, s.n, s.n, 1f, s.a, 0, s.n, s.x, 0, 0f, s.y, 0);
    return s.y;
  }

  /** There and back again, so that the matrix stays where it is. */
  @Benchmark
  public float[] ger(Square s, Traffic traffic) {
    traffic.count(s.a.length, 2);
    s.alpha = -s.alpha;
    s.kernels.blas().ger(s.n, s.n, s.alpha, s.x, s.y, s.a);
    return s.a;
  }
}
