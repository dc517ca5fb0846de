package dev.lanewise.bench.plain;

import dev.lanewise.testing.Shapes;
import java.util.Arrays;

/**
 * Matrix products in the order i, p, j over rows in arrays of their own: from equal indices the
 * compiler sees that it may vectorize the innermost loop.
 */
public final class PlainMatmul {
  private final Shapes.Product product;
  private final float[][] rows;
  private final float[] sums;

  /** Allocates what products of one size need. */
  public PlainMatmul(Shapes.Product product) {
    this.product = product;
    rows = new float[product.k()][product.n()];
    sums = new float[product.n()];
  }

  /** C = op(A) · op(B). */
  public void multiply(float[] a, float[] b, float[] c) {
    int n = product.n();
    int k = product.k();
    arrange(b);
    int right = product.transA() ? product.m() : 1;
    for (int i = 0; i < product.m(); i++) {
      int first = product.transA() ? i : i * k;
      Arrays.fill(sums, 0f);
      int p = 0;
      for (; p < k - 3; p += 4) {
        int at = first + p * right;
        add4(n, a[at], a[at + right], a[at + 2 * right], a[at + 3 * right], p);
      }
      for (; p < k; p++) {
        Plain.add(n, a[first + p * right], rows[p], sums);
      }
      System.arraycopy(sums, 0, c, i * n, n);
    }
  }

  /** Copies op(B) to its rows. */
  private void arrange(float[] b) {
    int n = product.n();
    int k = product.k();
    for (int p = 0; p < k; p++) {
      if (product.transB()) {
        for (int j = 0; j < n; j++) {
          rows[p][j] = b[j * k + p];
        }
      } else {
        System.arraycopy(b, p * n, rows[p], 0, n);
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
