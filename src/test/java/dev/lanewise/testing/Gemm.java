package dev.lanewise.testing;

import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.matmul.Transpose;

/** C = alpha · op(A) · op(B) + beta · C of whole arrays: op(A) is m × k, op(B) k × n. */
public record Gemm(boolean transA, boolean transB, int m, int n, int k) {
  /** Computes it by a kernel. */
  public void run(Matmul twin, float alpha, float[] a, float[] b, float beta, float[] c) {
    Transpose ta = transA ? Transpose.YES : Transpose.NO;
    Transpose tb = transB ? Transpose.YES : Transpose.NO;
    int lda = Math.max(1, transA ? m : k);
    int ldb = Math.max(1, transB ? k : n);
    twin.sgemm(ta, tb, m, n, k, alpha, a, 0, lda, b, 0, ldb, beta, c, 0, Math.max(1, n));
  }

  /** Computes it in double by three loops. */
  public double[] exact(float alpha, float[] a, float[] b, float beta, float[] c) {
    double[] result = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += (double) a[transA ? p * m + i : i * k + p] * b[transB ? j * k + p : p * n + j];
        }
        result[i * n + j] = alpha * sum + (beta == 0 ? 0 : beta * (double) c[i * n + j]);
      }
    }
    return result;
  }
}
