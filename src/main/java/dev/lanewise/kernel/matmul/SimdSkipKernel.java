package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
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
   * @param index the terms' numbers: term p's elements of B begin at {@code bOffset + p * ldb}
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
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    for (int i = 0; i < rows; i++) {
      int from = listAt + i * listStride;
      row(index, value, from, from + length[lengthAt + i], b, bOffset, ldb, c, cOffset + i * ldc);
    }
  }

  private static void row(
      int[] index,
      float[] value,
      int from,
      int to,
      float[] b,
      int bOffset,
      int ldb,
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
      int j = bOffset + index[q] * ldb;
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

  /**
   * Returns whether {@code rows} × {@code columns} elements are all finite; the columns are whole
   * vectors. It also brings them into the first-level cache.
   */
  static boolean finite(int rows, int columns, float[] b, int bOffset, int ldb) {
    FloatVector sum = FloatVector.zero(S);
    for (int p = 0; p < rows; p++) {
      sum = addZeros(columns, b, bOffset + p * ldb, sum);
    }
    return !sum.test(VectorOperators.IS_NAN).anyTrue();
  }

  /** 0 · x is NaN where x is not finite. */
  private static FloatVector addZeros(int columns, float[] b, int offset, FloatVector sum) {
    for (int j = 0; j < columns; j += L) {
      sum = FloatVector.fromArray(S, b, offset + j).fma(FloatVector.zero(S), sum);
    }
    return sum;
  }

  /** Returns whether a row of whole vectors holds a −0. */
  static boolean hasMinusZero(int columns, float[] c, int offset) {
    VectorMask<Integer> found = VectorWidth.INTS.maskAll(false);
    for (int j = 0; j < columns; j += L) {
      found =
          found.or(
              FloatVector.fromArray(S, c, offset + j)
                  .reinterpretAsInts()
                  .compare(VectorOperators.EQ, Integer.MIN_VALUE));
    }
    return found.anyTrue();
  }
}
