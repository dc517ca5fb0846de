package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile of a product whose zero terms are skipped: one row × 8 vectors.
 *
 * <p>8 accumulators, one broadcast element of A, B from memory: 10 registers, and a chain of its
 * own for each of the 8, which hides the latency of a fused multiply-add.
 */
final class SimdSkipKernel {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  /** Columns of a tile. */
  static final int COLUMNS = 8 * L;

  private SimdSkipKernel() {}

  /**
   * Adds the terms that are not zero to rows of unfinished chains, in ascending order.
   *
   * @param rows number of rows; row i's terms begin at {@code aOffset + i * aRowStride}, a term
   *     {@code aStride} from the next, and its chains at {@code cOffset + i * ldc}
   * @param low which of the terms 0 to 31 are added, a bit each; row i's word at {@code wordAt + i}
   * @param high the same for the terms 32 to 63
   * @param first whether the chains begin here, with +0
   * @param b term p's elements begin at {@code bOffset + p * COLUMNS}
   */
  static void multiply(
      int rows,
      int[] low,
      int[] high,
      int wordAt,
      float[] a,
      int aOffset,
      int aRowStride,
      int aStride,
      float[] b,
      int bOffset,
      boolean first,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = 0; i < rows; i++) {
      long terms = (low[wordAt + i] & 0xFFFFFFFFL) | ((long) high[wordAt + i] << 32);
      int from = aOffset + i * aRowStride;
      if (first) {
        begin(terms, a, from, aStride, b, bOffset, c, cOffset + i * ldc);
      } else if (terms != 0) {
        goOn(terms, a, from, aStride, b, bOffset, c, cOffset + i * ldc);
      }
    }
  }

  // Two methods, since C2 boxes a vector that is loaded on one path and zero on the other.
  private static void begin(
      long terms,
      float[] a,
      int aOffset,
      int aStride,
      float[] b,
      int bOffset,
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
    for (long left = terms; left != 0; left &= left - 1) {
      int p = Long.numberOfTrailingZeros(left);
      FloatVector x = FloatVector.broadcast(S, a[aOffset + p * aStride]);
      int j = bOffset + p * COLUMNS;
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

  private static void goOn(
      long terms,
      float[] a,
      int aOffset,
      int aStride,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset) {
    FloatVector c0 = FloatVector.fromArray(S, c, cOffset);
    FloatVector c1 = FloatVector.fromArray(S, c, cOffset + L);
    FloatVector c2 = FloatVector.fromArray(S, c, cOffset + 2 * L);
    FloatVector c3 = FloatVector.fromArray(S, c, cOffset + 3 * L);
    FloatVector c4 = FloatVector.fromArray(S, c, cOffset + 4 * L);
    FloatVector c5 = FloatVector.fromArray(S, c, cOffset + 5 * L);
    FloatVector c6 = FloatVector.fromArray(S, c, cOffset + 6 * L);
    FloatVector c7 = FloatVector.fromArray(S, c, cOffset + 7 * L);
    for (long left = terms; left != 0; left &= left - 1) {
      int p = Long.numberOfTrailingZeros(left);
      FloatVector x = FloatVector.broadcast(S, a[aOffset + p * aStride]);
      int j = bOffset + p * COLUMNS;
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

  /** Copies rows of 8 vectors to a panel; returns whether all their elements are finite. */
  static boolean pack(int rows, float[] b, int bOffset, int ldb, float[] panel, int panelOffset) {
    // 0 · x is NaN where x is not finite; two sums hide the latency.
    FloatVector zero = FloatVector.zero(S);
    FloatVector s0 = zero;
    FloatVector s1 = zero;
    for (int p = 0; p < rows; p++) {
      for (int j = 0; j < COLUMNS; j += 2 * L) {
        FloatVector v0 = FloatVector.fromArray(S, b, bOffset + p * ldb + j);
        FloatVector v1 = FloatVector.fromArray(S, b, bOffset + p * ldb + j + L);
        v0.intoArray(panel, panelOffset + p * COLUMNS + j);
        v1.intoArray(panel, panelOffset + p * COLUMNS + j + L);
        s0 = v0.fma(zero, s0);
        s1 = v1.fma(zero, s1);
      }
    }
    return allZero(s0.add(s1));
  }

  /** Returns whether {@code n} elements, a multiple of two vectors, are all finite. */
  static boolean finite(int n, float[] b, int offset) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector s0 = zero;
    FloatVector s1 = zero;
    for (int j = 0; j < n; j += 2 * L) {
      s0 = FloatVector.fromArray(S, b, offset + j).fma(zero, s0);
      s1 = FloatVector.fromArray(S, b, offset + j + L).fma(zero, s1);
    }
    return allZero(s0.add(s1));
  }

  /** Returns whether all of lanes that are +0 or NaN are +0; a mask might be an object to C2. */
  private static boolean allZero(FloatVector lanes) {
    return lanes.reinterpretAsInts().reduceLanes(VectorOperators.OR) == 0;
  }

  /** Returns whether a −0 is among {@code rows} rows of 8 vectors. */
  static boolean hasMinusZero(int rows, float[] c, int cOffset, int ldc) {
    // The bits of −0 are the least int.
    IntVector least = IntVector.zero(VectorWidth.INTS);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < COLUMNS; j += L) {
        least = least.min(FloatVector.fromArray(S, c, cOffset + i * ldc + j).reinterpretAsInts());
      }
    }
    return least.reduceLanes(VectorOperators.MIN) == Integer.MIN_VALUE;
  }
}
