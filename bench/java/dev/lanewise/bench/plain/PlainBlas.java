package dev.lanewise.bench.plain;

import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.reduce.Blas;

/** BLAS's levels 1 and 2. */
final class PlainBlas implements Blas, PlainKernel {
  private final PlainReduce reduce = new PlainReduce();

  @Override
  public void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    int at = Plain.same(xOffset, yOffset);
    for (int i = 0; i < n; i++) {
      y[at + i] += alpha * x[at + i];
    }
  }

  private static void add(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] += alpha * x[xOffset + i];
    }
  }

  @Override
  public void scal(int n, float alpha, float[] x, int xOffset) {
    for (int i = xOffset; i < xOffset + n; i++) {
      x[i] *= alpha;
    }
  }

  @Override
  public float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
    return reduce.dot(n, x, xOffset, y, yOffset);
  }

  @Override
  public float nrm2(int n, float[] x, int xOffset) {
    return (float) Math.sqrt(reduce.squaredNormInDouble(n, x, xOffset));
  }

  @Override
  public float asum(int n, float[] x, int xOffset) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = xOffset;
    for (; i < xOffset + n - 3; i += 4) {
      sum0 += Math.abs(x[i]);
      sum1 += Math.abs(x[i + 1]);
      sum2 += Math.abs(x[i + 2]);
      sum3 += Math.abs(x[i + 3]);
    }
    for (; i < xOffset + n; i++) {
      sum0 += Math.abs(x[i]);
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  @Override
  public int iamax(int n, float[] x, int xOffset) {
    int best = 0;
    float most = -1;
    for (int i = 0; i < n; i++) {
      float value = Math.abs(x[xOffset + i]);
      if (value > most) {
        most = value;
        best = i;
      }
    }
    return best;
  }

  @Override
  public void gemv(
      Transpose trans,
      int m,
      int n,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] x,
      int xOffset,
      float beta,
      float[] y,
      int yOffset) {
    boolean rows = trans == Transpose.NO;
    for (int i = 0; i < (rows ? m : n); i++) {
      y[yOffset + i] = beta == 0 ? 0 : beta * y[yOffset + i];
    }
    for (int i = 0; i < m; i++) {
      if (rows) {
        y[yOffset + i] += alpha * dot(n, a, aOffset + i * lda, x, xOffset);
      } else {
        add(n, alpha * x[xOffset + i], a, aOffset + i * lda, y, yOffset);
      }
    }
  }

  @Override
  public void ger(
      int m,
      int n,
      float alpha,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int lda) {
    for (int i = 0; i < m; i++) {
      add(n, alpha * x[xOffset + i], y, yOffset, a, aOffset + i * lda);
    }
  }
}
