package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import java.util.Random;

/**
 * A product to compute, from which all arrays are derived.
 *
 * @param values 0 for Gaussian operands, 1 with special values among them, 2 for all exponents, 3
 *     for elements whose products are mostly too small for a float
 * @param zeros percent of A's elements that are +0 or −0
 */
record Product(
    int m,
    int n,
    int k,
    boolean transA,
    boolean transB,
    int gapA,
    int gapB,
    int gapC,
    int offset,
    float alpha,
    float beta,
    int values,
    int zeros,
    int blocking,
    int threads,
    int rowMultiple,
    int columnMultiple,
    long seed) {

  static Product of(int m, int n, int k, int blocking, int threads) {
    return new Product(
        m, n, k, false, false, 0, 0, 0, 0, 1f, 0f, 0, 0, blocking, threads, 1, 1, m + n + k);
  }

  Product trans(boolean a, boolean b) {
    return new Product(
        m,
        n,
        k,
        a,
        b,
        gapA,
        gapB,
        gapC,
        offset,
        alpha,
        beta,
        values,
        zeros,
        blocking,
        threads,
        rowMultiple,
        columnMultiple,
        seed);
  }

  Product scaled(float newAlpha, float newBeta) {
    return new Product(
        m,
        n,
        k,
        transA,
        transB,
        gapA,
        gapB,
        gapC,
        offset,
        newAlpha,
        newBeta,
        values,
        zeros,
        blocking,
        threads,
        rowMultiple,
        columnMultiple,
        seed);
  }

  Product zeros(int percent, int newValues) {
    return new Product(
        m,
        n,
        k,
        transA,
        transB,
        gapA,
        gapB,
        gapC,
        offset,
        alpha,
        beta,
        newValues,
        percent,
        blocking,
        threads,
        rowMultiple,
        columnMultiple,
        seed);
  }

  Product tiles(int newRowMultiple, int newColumnMultiple) {
    return new Product(
        m,
        n,
        k,
        transA,
        transB,
        gapA,
        gapB,
        gapC,
        offset,
        alpha,
        beta,
        values,
        zeros,
        blocking,
        threads,
        newRowMultiple,
        newColumnMultiple,
        seed);
  }

  Transpose a() {
    return transA ? Transpose.YES : Transpose.NO;
  }

  Transpose b() {
    return transB ? Transpose.YES : Transpose.NO;
  }

  int lda() {
    return Math.max(1, transA ? m : k) + gapA;
  }

  int ldb() {
    return Math.max(1, transB ? k : n) + gapB;
  }

  int ldc() {
    return Math.max(1, n) + gapC;
  }

  /** Operand A, its last row cut off after its last element. */
  Guarded operandA() {
    Guarded a = operand(seed, transA ? k : m, transA ? m : k, lda(), offset);
    Random random = new Random(seed);
    for (int i = a.offset; zeros > 0 && i < a.offset + a.values().length; i++) {
      if (random.nextInt(100) < zeros) {
        a.array[i] = random.nextInt(4) == 0 ? -0f : 0f;
      }
    }
    return a;
  }

  /** Operand B. */
  Guarded operandB() {
    return operand(seed + 1, transB ? n : k, transB ? k : n, ldb(), offset / 2);
  }

  /** C before the product: it holds NaN where it must not be read. */
  Guarded oldC() {
    int span = span(m, n, ldc());
    float[] old = beta == 0 ? new float[span] : fill(seed + 2, span);
    if (beta == 0) {
      java.util.Arrays.fill(old, Float.NaN);
    }
    return Guarded.of(old, offset / 3);
  }

  void run(Matmul matmul, Guarded x, Guarded y, Guarded z, TileConsumer consumer) {
    matmul.sgemm(
        a(), b(), m, n, k, alpha, x.array, x.offset, lda(), y.array, y.offset, ldb(), beta, z.array,
        z.offset, ldc(), consumer);
  }

  void runTiles(Matmul matmul, Guarded x, Guarded y, TileConsumer consumer) {
    matmul.sgemmTiles(
        a(), b(), m, n, k, alpha, x.array, x.offset, lda(), y.array, y.offset, ldb(), consumer);
  }

  private Guarded operand(long which, int rows, int columns, int ld, int at) {
    return Guarded.of(fill(which, span(rows, columns, ld)), at);
  }

  private float[] fill(long which, int n) {
    return switch (values) {
      case 0 -> Fill.gaussian(which, n);
      case 1 -> Fill.withSpecials(which, n, 0.02);
      case 2 -> Fill.wide(which, n);
      default -> tiny(Fill.gaussian(which, n));
    };
  }

  private static float[] tiny(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0x1p-74f;
    }
    return values;
  }

  private static int span(int rows, int columns, int ld) {
    return rows == 0 || columns == 0 ? 0 : (rows - 1) * ld + columns;
  }
}
