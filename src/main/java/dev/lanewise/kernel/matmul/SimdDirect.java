package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register tiles that read A with any strides and B's rows where they lie, for products in which an
 * operand would be packed but used only once or twice. The loops carry range checks.
 *
 * <p>All methods compute the chains of some rows of C from +0 over {@code k} terms: {@code
 * c[cOffset + i * ldc + lane] = Σ a[aOffset + i * rowStride + p * termStride] * b[bOffset + p * ldb
 * + lane]}.
 */
final class SimdDirect {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdDirect() {}

  /** Computes {@code rows} rows of {@code columns} columns. */
  static void multiply(
      int rows,
      int columns,
      int k,
      float[] a,
      int aOffset,
      int rowStride,
      int termStride,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    int j = 0;
    if (rows < 4) {
      for (; j <= columns - 8 * L; j += 8 * L) {
        for (int i = 0; i < rows; i++) {
          int from = aOffset + i * rowStride;
          long8(k, a, from, termStride, b, bOffset + j, ldb, c, cOffset + i * ldc + j);
        }
      }
    }
    for (; j < columns; j += L) {
      int lanes = Math.min(L, columns - j);
      int i = 0;
      for (; i <= rows - 4; i += 4) {
        int from = aOffset + i * rowStride;
        int to = cOffset + i * ldc + j;
        rows4(k, a, from, rowStride, termStride, b, bOffset + j, ldb, lanes, c, to, ldc);
      }
      for (; i < rows; i++) {
        int from = aOffset + i * rowStride;
        rows1(k, a, from, termStride, b, bOffset + j, ldb, lanes, c, cOffset + i * ldc + j);
      }
    }
  }

  /** One row, eight vectors: B streams through once. */
  private static void long8(
      int k,
      float[] a,
      int aOffset,
      int termStride,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset) {
    FloatVector c0 = FloatVector.zero(S);
    FloatVector c1 = FloatVector.zero(S);
    FloatVector c2 = FloatVector.zero(S);
    FloatVector c3 = FloatVector.zero(S);
    FloatVector c4 = FloatVector.zero(S);
    FloatVector c5 = FloatVector.zero(S);
    FloatVector c6 = FloatVector.zero(S);
    FloatVector c7 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(S, a[aOffset + p * termStride]);
      int j = bOffset + p * ldb;
      c0 = x.fma(FloatVector.fromArray(S, b, j), c0);
      c1 = x.fma(FloatVector.fromArray(S, b, j + L), c1);
      c2 = x.fma(FloatVector.fromArray(S, b, j + 2 * L), c2);
      c3 = x.fma(FloatVector.fromArray(S, b, j + 3 * L), c3);
      c4 = x.fma(FloatVector.fromArray(S, b, j + 4 * L), c4);
      c5 = x.fma(FloatVector.fromArray(S, b, j + 5 * L), c5);
      c6 = x.fma(FloatVector.fromArray(S, b, j + 6 * L), c6);
      c7 = x.fma(FloatVector.fromArray(S, b, j + 7 * L), c7);
    }
    c0.intoArray(c, cOffset);
    c1.intoArray(c, cOffset + L);
    c2.intoArray(c, cOffset + 2 * L);
    c3.intoArray(c, cOffset + 3 * L);
    c4.intoArray(c, cOffset + 4 * L);
    c5.intoArray(c, cOffset + 5 * L);
    c6.intoArray(c, cOffset + 6 * L);
    c7.intoArray(c, cOffset + 7 * L);
  }

  private static void rows4(
      int k,
      float[] a,
      int aOffset,
      int rowStride,
      int termStride,
      float[] b,
      int bOffset,
      int ldb,
      int lanes,
      float[] c,
      int cOffset,
      int ldc) {
    VectorMask<Float> mask = S.indexInRange(0, lanes);
    FloatVector c0 = FloatVector.zero(S);
    FloatVector c1 = FloatVector.zero(S);
    FloatVector c2 = FloatVector.zero(S);
    FloatVector c3 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      int i = aOffset + p * termStride;
      FloatVector y = FloatVector.fromArray(S, b, bOffset + p * ldb, mask);
      c0 = FloatVector.broadcast(S, a[i]).fma(y, c0);
      c1 = FloatVector.broadcast(S, a[i + rowStride]).fma(y, c1);
      c2 = FloatVector.broadcast(S, a[i + 2 * rowStride]).fma(y, c2);
      c3 = FloatVector.broadcast(S, a[i + 3 * rowStride]).fma(y, c3);
    }
    c0.intoArray(c, cOffset, mask);
    c1.intoArray(c, cOffset + ldc, mask);
    c2.intoArray(c, cOffset + 2 * ldc, mask);
    c3.intoArray(c, cOffset + 3 * ldc, mask);
  }

  private static void rows1(
      int k,
      float[] a,
      int aOffset,
      int termStride,
      float[] b,
      int bOffset,
      int ldb,
      int lanes,
      float[] c,
      int cOffset) {
    if (!VectorWidth.MASKED_TAILS) {
      for (int lane = 0; lane < lanes; lane++) {
        float sum = 0;
        for (int p = 0; p < k; p++) {
          sum = Fma.fma(a[aOffset + p * termStride], b[bOffset + p * ldb + lane], sum);
        }
        c[cOffset + lane] = sum;
      }
      return;
    }
    VectorMask<Float> mask = S.indexInRange(0, lanes);
    FloatVector c0 = FloatVector.zero(S);
    for (int p = 0; p < k; p++) {
      FloatVector y = FloatVector.fromArray(S, b, bOffset + p * ldb, mask);
      c0 = FloatVector.broadcast(S, a[aOffset + p * termStride]).fma(y, c0);
    }
    c0.intoArray(c, cOffset, mask);
  }
}
