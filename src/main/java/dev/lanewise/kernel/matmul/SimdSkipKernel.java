package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
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
   * Adds the listed terms to rows of unfinished chains, in the order of each list.
   *
   * @param rows number of rows; row i's list begins at {@code listAt + i * listStride}, and its
   *     chains at {@code cOffset + i * ldc}
   * @param index the terms' numbers: term p's elements of B begin at {@code bOffset + p * COLUMNS}
   * @param value the terms' elements of A
   * @param length how many terms each row's list has, from {@code lengthAt} on
   */
  static void multiply(
      int rows,
      int[] index,
      float[] value,
      int listAt,
      int listStride,
      int[] length,
      int lengthAt,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = 0; i < rows; i++) {
      int from = listAt + i * listStride;
      row(index, value, from, from + length[lengthAt + i], b, bOffset, c, cOffset + i * ldc);
    }
  }

  private static void row(
      int[] index,
      float[] value,
      int from,
      int to,
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
    for (int q = from; q < to; q++) {
      FloatVector x = FloatVector.broadcast(S, value[q]);
      int j = bOffset + index[q] * COLUMNS;
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
    return s0.add(s1).test(VectorOperators.IS_NAN).not().allTrue();
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
    return s0.add(s1).test(VectorOperators.IS_NAN).not().allTrue();
  }

  /**
   * Lists the elements of a row that are not zero, in whole vectors.
   *
   * @param n a multiple of the vector's length
   * @return where the list ends
   */
  static int list(int n, float[] a, int aOffset, int[] index, float[] value, int to) {
    int at = to;
    IntVector lanes = VectorWidth.iota();
    for (int p = 0; p < n; p += L) {
      FloatVector x = FloatVector.fromArray(S, a, aOffset + p);
      VectorMask<Float> others = x.compare(VectorOperators.NE, 0f);
      x.compress(others).intoArray(value, at);
      lanes.add(p).compress(others.cast(VectorWidth.INTS)).intoArray(index, at);
      at += others.trueCount();
    }
    return at;
  }

  /** Returns whether a −0 is among {@code rows} rows of 8 vectors. */
  static boolean hasMinusZero(int rows, float[] c, int cOffset, int ldc) {
    // Only −0 becomes 0 when its sign is flipped, and 0 is the least unsigned number.
    IntVector sign = IntVector.broadcast(VectorWidth.INTS, Integer.MIN_VALUE);
    IntVector least = IntVector.broadcast(VectorWidth.INTS, -1);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < COLUMNS; j += L) {
        IntVector bits = FloatVector.fromArray(S, c, cOffset + i * ldc + j).reinterpretAsInts();
        least = least.lanewise(VectorOperators.UMIN, bits.lanewise(VectorOperators.XOR, sign));
      }
    }
    return least.compare(VectorOperators.EQ, 0).anyTrue();
  }
}
