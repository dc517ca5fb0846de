package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * What happens to a block of finished chains: alpha, beta, and copies of the columns at an edge.
 */
final class SimdFinish {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdFinish() {}

  /** Computes c = alpha · c. */
  static void scale(int rows, int columns, float alpha, float[] c, int cOffset, int ldc) {
    for (int i = 0; i < rows; i++) {
      scaleRow(columns, alpha, c, cOffset + i * ldc);
    }
  }

  private static void scaleRow(int n, float alpha, float[] c, int offset) {
    int j = 0;
    for (; j <= n - L; j += L) {
      FloatVector.fromArray(S, c, offset + j).mul(alpha).intoArray(c, offset + j);
    }
    if (j < n) {
      scaleTail(n - j, alpha, c, offset + j);
    }
  }

  private static void scaleTail(int n, float alpha, float[] c, int offset) {
    if (!VectorWidth.MASKED_TAILS) {
      for (int j = 0; j < n; j++) {
        c[offset + j] *= alpha;
      }
      return;
    }
    VectorMask<Float> rest = S.indexInRange(0, n);
    FloatVector.fromArray(S, c, offset, rest).mul(alpha).intoArray(c, offset, rest);
  }

  /** Computes c = fma(beta, c, alpha · x). */
  static void add(
      int rows,
      int columns,
      float alpha,
      float[] x,
      int xOffset,
      int ldx,
      float beta,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = 0; i < rows; i++) {
      addRow(columns, alpha, x, xOffset + i * ldx, beta, c, cOffset + i * ldc);
    }
  }

  private static void addRow(
      int n, float alpha, float[] x, int xOffset, float beta, float[] c, int offset) {
    FloatVector factor = FloatVector.broadcast(S, beta);
    int j = 0;
    for (; j <= n - L; j += L) {
      FloatVector product = FloatVector.fromArray(S, x, xOffset + j).mul(alpha);
      factor.fma(FloatVector.fromArray(S, c, offset + j), product).intoArray(c, offset + j);
    }
    if (j < n) {
      addTail(n - j, alpha, x, xOffset + j, beta, c, offset + j);
    }
  }

  private static void addTail(
      int n, float alpha, float[] x, int xOffset, float beta, float[] c, int offset) {
    if (!VectorWidth.MASKED_TAILS) {
      for (int j = 0; j < n; j++) {
        c[offset + j] = Fma.fma(beta, c[offset + j], x[xOffset + j] * alpha);
      }
      return;
    }
    VectorMask<Float> rest = S.indexInRange(0, n);
    FloatVector product = FloatVector.fromArray(S, x, xOffset, rest).mul(alpha);
    FloatVector.broadcast(S, beta)
        .fma(FloatVector.fromArray(S, c, offset, rest), product)
        .intoArray(c, offset, rest);
  }

  /** Copies a block of at most two vectors a row. */
  static void copy(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    VectorMask<Float> left = S.indexInRange(0, columns);
    VectorMask<Float> right = S.indexInRange(L, columns);
    for (int i = 0; i < rows; i++) {
      int from = xOffset + i * ldx;
      int to = yOffset + i * ldy;
      FloatVector.fromArray(S, x, from, left).intoArray(y, to, left);
      FloatVector.fromArray(S, x, from + L, right).intoArray(y, to + L, right);
    }
  }
}
