package dev.lanewise.bench.plain;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.matmul.Transpose;

/** Matrix products in the order i, p, j, whose innermost loop runs along rows of B and C. */
final class PlainMatmul implements Matmul, PlainKernel {
  private float[] scratch = {};

  @Override
  public void sgemm(
      Transpose transA,
      Transpose transB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc,
      TileConsumer consumer) {
    for (int i = 0; i < m; i++) {
      int row = cOffset + i * ldc;
      scale(beta, c, row, n);
      if (transB == Transpose.YES) {
        float[] packed = scratch(k);
        for (int p = 0; p < k; p++) {
          packed[p] = a[aOffset + (transA == Transpose.NO ? i * lda + p : p * lda + i)];
        }
        for (int j = 0; j < n; j++) {
          c[row + j] += alpha * dot(packed, b, bOffset + j * ldb, k);
        }
      } else {
        for (int p = 0; p < k; p++) {
          float x = alpha * a[aOffset + (transA == Transpose.NO ? i * lda + p : p * lda + i)];
          add(x, b, bOffset + p * ldb, c, row, n);
        }
      }
    }
    consumer.accept(c, cOffset, ldc, 0, m, 0, n);
  }

  @Override
  public void sgemmTiles(
      Transpose transA,
      Transpose transB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      TileConsumer consumer) {
    float[] c = scratch(m * n);
    sgemm(transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, 0f, c, 0, n, consumer);
  }

  private float[] scratch(int n) {
    if (scratch.length < n) {
      scratch = new float[n];
    }
    return scratch;
  }

  private static void scale(float beta, float[] c, int offset, int n) {
    for (int j = 0; j < n; j++) {
      c[offset + j] = beta == 0 ? 0 : beta * c[offset + j];
    }
  }

  private static void add(float x, float[] b, int bOffset, float[] c, int cOffset, int n) {
    for (int j = 0; j < n; j++) {
      c[cOffset + j] += x * b[bOffset + j];
    }
  }

  private static float dot(float[] a, float[] b, int bOffset, int n) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int p = 0;
    for (; p < n - 3; p += 4) {
      sum0 += a[p] * b[bOffset + p];
      sum1 += a[p + 1] * b[bOffset + p + 1];
      sum2 += a[p + 2] * b[bOffset + p + 2];
      sum3 += a[p + 3] * b[bOffset + p + 3];
    }
    for (; p < n; p++) {
      sum0 += a[p] * b[bOffset + p];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }
}
