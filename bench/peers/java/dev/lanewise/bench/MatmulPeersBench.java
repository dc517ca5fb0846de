package dev.lanewise.bench;

import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** {@link MatmulBench} by other libraries. netlib has no threads: its two rows are the same. */
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class MatmulPeersBench extends KernelBench {
  /** Operands and result. */
  @State(Scope.Benchmark)
  public static class Product extends PeerState {
    @Param({"netlib", "ejml", "openblas", "mkl", "onednn"})
    public String impl;

    @Param({
      Shapes.LOGITS,
      Shapes.SQUARE_64,
      Shapes.SQUARE_128,
      Shapes.SQUARE_256,
      Shapes.SQUARE_512,
      Shapes.SQUARE_1024,
      Shapes.SQUARE_2048,
      Shapes.DENSE_OUTPUT,
      Shapes.DENSE_INPUT_GRADIENT,
      Shapes.DENSE_WEIGHT_GRADIENT
    })
    public String shape;

    private Gemm gemm;

    @Override
    String impl() {
      return impl;
    }

    @Override
    void fill() {
      Shapes.Product product = Shapes.product(shape);
      float[] a = input(1, product.m() * product.k());
      float[] b = input(2, product.k() * product.n());
      float[] c = output(product.m() * product.n());
      gemm = Gemm.of(used, threads, product, a, b, c);
    }

    @Override
    void collect() {
      gemm.collect();
    }

    @Override
    String about() {
      return gemm.about();
    }
  }

  /** C = op(A) · op(B). */
  @Benchmark
  public Object sgemm(Product s, Work work) {
    MatmulBench.count(s.gemm.p, work, 1);
    s.gemm.run();
    return s.gemm;
  }
}
