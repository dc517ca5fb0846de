package dev.lanewise.bench.plain;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.matmul.Transpose;
import java.util.Arrays;

/**
 * Matrix products in the order i, p, j over rows in arrays of their own: from equal indices the
 * compiler sees that it may vectorize the innermost loop.
 */
final class PlainMatmul implements Matmul, PlainKernel {
  private float[] scratch = {};
  private float[][] rows = {};
  private float[] sums = {};

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
    prepare(transB, n, k, b, bOffset, ldb);
    int down = transA == Transpose.NO ? 1 : lda;
    for (int i = 0; i < m; i++) {
      int first = aOffset + (transA == Transpose.NO ? i * lda : i);
      Arrays.fill(sums, 0, n, 0f);
      int p = 0;
      for (; p < k - 3; p += 4) {
        int at = first + p * down;
        add4(n, a[at], a[at + down], a[at + 2 * down], a[at + 3 * down], p);
      }
      for (; p < k; p++) {
        Plain.add(n, a[first + p * down], rows[p], sums);
      }
      for (int j = 0; j < n; j++) {
        int to = cOffset + i * ldc + j;
        c[to] = beta == 0 ? alpha * sums[j] : alpha * sums[j] + beta * c[to];
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

  /** Rows of op(B). */
  private void prepare(Transpose transB, int n, int k, float[] b, int bOffset, int ldb) {
    if (sums.length < n || rows.length < k || (k > 0 && rows[0].length < n)) {
      sums = new float[n];
      rows = new float[k][n];
    }
    for (int p = 0; p < k; p++) {
      if (transB == Transpose.NO) {
        System.arraycopy(b, bOffset + p * ldb, rows[p], 0, n);
      } else {
        for (int j = 0; j < n; j++) {
          rows[p][j] = b[bOffset + j * ldb + p];
        }
      }
    }
  }

  private void add4(int n, float x0, float x1, float x2, float x3, int p) {
    add4(n, x0, rows[p], x1, rows[p + 1], x2, rows[p + 2], x3, rows[p + 3], sums);
  }

  private static void add4(
      int n,
      float x0,
      float[] b0,
      float x1,
      float[] b1,
      float x2,
      float[] b2,
      float x3,
      float[] b3,
      float[] sums) {
    for (int j = 0; j < n; j++) {
      sums[j] += x0 * b0[j] + x1 * b1[j] + (x2 * b2[j] + x3 * b3[j]);
    }
  }
}
