package dev.lanewise.bench.plain;

import dev.lanewise.kernel.update.Moments;

/**
 * The best loops that a Java developer would write for the same work without the Vector API: {@code
 * Math.exp} and its like, sums in the order that comes first to mind, plain multiplications and
 * additions, loops ordered so that the compiler can vectorize them. They promise no bits.
 */
public final class Plain {
  private Plain() {}

  /** Adds x times a row to another. */
  static void add(int n, float x, float[] row, float[] sums) {
    for (int j = 0; j < n; j++) {
      sums[j] += x * row[j];
    }
  }

  /** y = max(0, x). */
  public static void relu(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.max(0, x[i]);
    }
  }

  /** dx = scale · dy where y is positive, else 0. */
  public static void reluGradient(float scale, float[] y, float[] dy, float[] dx) {
    for (int i = 0; i < y.length; i++) {
      dx[i] = y[i] > 0 ? scale * dy[i] : 0;
    }
  }

  /** Softmax of each row. */
  public static void softmax(int rows, int columns, float[] x, float[] y) {
    for (int at = 0; at < rows * columns; at += columns) {
      float max = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < columns; j++) {
        max = Math.max(max, x[at + j]);
      }
      float sum = 0;
      for (int j = 0; j < columns; j++) {
        float e = (float) Math.exp(x[at + j] - max);
        y[at + j] = e;
        sum += e;
      }
      float factor = 1 / sum;
      for (int j = 0; j < columns; j++) {
        y[at + j] *= factor;
      }
    }
  }

  /** A step of Adam at rate {@code alpha}, which has the corrections of both moments in it. */
  public static void adam(
      float[] w, float[] g, float[] m, float[] v, Moments moments, float alpha, float epsilon) {
    float beta1 = moments.beta1();
    float beta2 = moments.beta2();
    float rest1 = moments.oneMinusBeta1();
    float rest2 = moments.oneMinusBeta2(); // 1 - beta2 in float would be off by 5e-5
    for (int i = 0; i < w.length; i++) {
      float mean = beta1 * m[i] + rest1 * g[i];
      float square = beta2 * v[i] + rest2 * g[i] * g[i];
      m[i] = mean;
      v[i] = square;
      w[i] -= alpha * mean / ((float) Math.sqrt(square) + epsilon);
    }
  }
}
