package dev.lanewise.bench.plain;

import dev.lanewise.kernel.reduce.Reduce;
import java.util.Arrays;

/**
 * Reductions with four sums or maxima side by side: Java keeps the order of a sum's terms, so a
 * single one would wait for each addition.
 */
final class PlainReduce implements Reduce, PlainKernel {
  @Override
  public float sum(int n, float[] x, int xOffset) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = xOffset;
    for (; i < xOffset + n - 3; i += 4) {
      sum0 += x[i];
      sum1 += x[i + 1];
      sum2 += x[i + 2];
      sum3 += x[i + 3];
    }
    for (; i < xOffset + n; i++) {
      sum0 += x[i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  @Override
  public float max(int n, float[] x, int xOffset) {
    float max0 = Float.NEGATIVE_INFINITY;
    float max1 = max0;
    float max2 = max0;
    float max3 = max0;
    int i = xOffset;
    for (; i < xOffset + n - 3; i += 4) {
      max0 = x[i] > max0 ? x[i] : max0;
      max1 = x[i + 1] > max1 ? x[i + 1] : max1;
      max2 = x[i + 2] > max2 ? x[i + 2] : max2;
      max3 = x[i + 3] > max3 ? x[i + 3] : max3;
    }
    for (; i < xOffset + n; i++) {
      max0 = x[i] > max0 ? x[i] : max0;
    }
    return Math.max(Math.max(max0, max1), Math.max(max2, max3));
  }

  @Override
  public float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      sum0 += x[xOffset + i] * y[yOffset + i];
      sum1 += x[xOffset + i + 1] * y[yOffset + i + 1];
      sum2 += x[xOffset + i + 2] * y[yOffset + i + 2];
      sum3 += x[xOffset + i + 3] * y[yOffset + i + 3];
    }
    for (; i < n; i++) {
      sum0 += x[xOffset + i] * y[yOffset + i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  @Override
  public float squaredNorm(int n, float[] x, int xOffset) {
    return dot(n, x, xOffset, x, xOffset);
  }

  @Override
  public double squaredNormInDouble(int n, float[] x, int xOffset) {
    double sum0 = 0;
    double sum1 = 0;
    int i = xOffset;
    for (; i < xOffset + n - 1; i += 2) {
      sum0 += (double) x[i] * x[i];
      sum1 += (double) x[i + 1] * x[i + 1];
    }
    return i < xOffset + n ? sum0 + sum1 + (double) x[i] * x[i] : sum0 + sum1;
  }

  @Override
  public int argMax(int n, float[] x, int xOffset) {
    int best = 0;
    for (int i = 1; i < n; i++) {
      if (x[xOffset + i] > x[xOffset + best]) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void sumRows(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset) {
    Arrays.fill(y, yOffset, yOffset + columns, 0f);
    for (int i = 0; i < rows; i++) {
      int row = xOffset + i * ldx;
      for (int j = 0; j < columns; j++) {
        y[yOffset + j] += x[row + j];
      }
    }
  }
}
