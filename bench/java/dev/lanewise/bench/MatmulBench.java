package dev.lanewise.bench;

import dev.lanewise.bench.plain.PlainMatmul;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.update.Moments;
import dev.lanewise.testing.Shapes;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Matrix products: squares, and the dense layers of the MNIST CNN, forward and backward. */
public class MatmulBench extends KernelBench {
  /** Operands and result. */
  @State(Scope.Benchmark)
  public static class Product extends KernelState.WithPlain {
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

    Shapes.Product product;
    PlainMatmul loops;
    float[] a;
    float[] b;
    float[] c;

    @Override
    void fill() {
      product = Shapes.product(shape);
      loops = plain ? new PlainMatmul(product) : null;
      a = input(1, product.m() * product.k());
      b = input(2, product.k() * product.n());
      c = output(product.m() * product.n());
    }
  }

  /** A product whose tiles are handed on while they are hot. */
  @State(Scope.Benchmark)
  public static class Fused extends KernelState.OfTwins {
    @Param({Shapes.DENSE_OUTPUT, Shapes.DENSE_WEIGHT_GRADIENT})
    public String shape;

    Shapes.Product product;
    float[] a;
    float[] b;
    float[] c;
    float[] w;
    float[] m;
    float[] v;
    float alpha;
    Moments moments;
    TileConsumer biasRelu;
    TileConsumer adam;

    @Override
    void fill() {
      product = Shapes.product(shape);
      a = input(1, product.m() * product.k());
      b = input(2, product.k() * product.n());
      int n = product.n();
      c = output(product.m() * n);
      w = input(3, product.m() * n);
      m = output(product.m() * n);
      v = output(product.m() * n);
      alpha = 1e-6f;
      moments = Moments.of(0.9, 0.999);
      biasRelu = kernels.activation().biasReluTiles(input(4, n), 0);
      adam =
          (tile, offset, ld, row, rows, column, columns) -> {
            for (int i = 0; i < rows; i++) {
              int at = (row + i) * n + column;
              update(columns, at, tile, offset + i * ld);
            }
          };
    }

    private void update(int n, int at, float[] gradient, int gradientAt) {
      kernels.update().adam(n, w, at, gradient, gradientAt, m, v, NONE, moments, alpha, 1e-7f, 0);
    }
  }

  /** A dense layer's three products behind ReLU and dropout, at batches below and above 64. */
  @State(Scope.Benchmark)
  public static class Zeros extends KernelState {
    @Param({"simd"})
    public String impl;

    @Param({
      "1x256x5408-NN",
      "1x5408x256-NT",
      "5408x256x1-TN",
      "4x256x5408-NN",
      "4x5408x256-NT",
      "5408x256x4-TN",
      "16x256x5408-NN",
      "16x5408x256-NT",
      "5408x256x16-TN",
      Shapes.DENSE_OUTPUT,
      Shapes.DENSE_INPUT_GRADIENT,
      Shapes.DENSE_WEIGHT_GRADIENT,
      "65x256x5408-NN",
      "65x5408x256-NT",
      "5408x256x65-TN",
      "512x256x5408-NN",
      "512x5408x256-NT",
      "5408x256x512-TN",
      "4096x256x5408-NN",
      "4096x5408x256-NT",
      "5408x256x4096-TN"
    })
    public String shape;

    /** Of a hundred elements of A, how many are zero, at random. */
    @Param({"0", "60", "80"})
    public int zeros;

    Shapes.Product product;
    float[] a;
    float[] b;
    float[] c;

    @Override
    String impl() {
      return impl;
    }

    @Override
    void fill() {
      product = Shapes.product(shape);
      a = input(1, product.m() * product.k());
      SplittableRandom random = new SplittableRandom(2);
      for (int i = 0; i < a.length; i++) {
        a[i] = random.nextInt(100) < zeros ? 0 : a[i];
      }
      b = input(3, product.k() * product.n());
      c = output(product.m() * product.n());
    }
  }

  private static final float[] NONE = {};

  /** C = op(A) · op(B). */
  @Benchmark
  public float[] sgemm(Product s, Work work) {
    Shapes.Product p = s.product;
    count(p, work, 1);
    if (s.plain) {
      s.loops.multiply(s.a, s.b, s.c);
    } else {
      s.kernels.matmul().multiply(a(p), b(p), p.m(), p.n(), p.k(), s.a, s.b, s.c);
    }
    return s.c;
  }

  /** C = op(A) · op(B) where many elements of A are zero; they count as if they were not. */
  @Benchmark
  public float[] zeros(Zeros s, Work work) {
    Shapes.Product p = s.product;
    count(p, work, 1);
    s.kernels.matmul().multiply(a(p), b(p), p.m(), p.n(), p.k(), s.a, s.b, s.c);
    return s.c;
  }

  /** A dense layer: the product, then bias and ReLU on its tiles. */
  @Benchmark
  public float[] biasRelu(Fused s, Work work) {
    Shapes.Product p = s.product;
    count(p, work, 1);
    s.kernels
        .matmul()
        .sgemm(
            a(p),
            b(p),
            p.m(),
            p.n(),
            p.k(),
            1f,
            s.a,
            0,
            lda(p),
            s.b,
            0,
            ldb(p),
            0f,
            s.c,
            0,
            p.n(),
            s.biasRelu);
    return s.c;
  }

  /** A weight gradient that is nowhere stored: Adam's update on its tiles. */
  @Benchmark
  public float[] adam(Fused s, Work work) {
    Shapes.Product p = s.product;
    count(p, work, 6); // weights and both moments, read and written
    s.alpha = -s.alpha; // the weights stay where they are
    s.kernels
        .matmul()
        .sgemmTiles(a(p), b(p), p.m(), p.n(), p.k(), 1f, s.a, 0, lda(p), s.b, 0, ldb(p), s.adam);
    return s.w;
  }

  static void count(Shapes.Product p, Work work, int outputs) {
    long floats = (long) p.k() * (p.m() + p.n()) + (long) outputs * p.m() * p.n();
    work.count(p.terms(), floats);
  }

  private static Transpose a(Shapes.Product p) {
    return p.transA() ? Transpose.YES : Transpose.NO;
  }

  private static Transpose b(Shapes.Product p) {
    return p.transB() ? Transpose.YES : Transpose.NO;
  }

  private static int lda(Shapes.Product p) {
    return p.transA() ? p.m() : p.k();
  }

  private static int ldb(Shapes.Product p) {
    return p.transB() ? p.k() : p.n();
  }
}
