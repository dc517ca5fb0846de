package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Finds the elements of A that are not ±0, a bit each: bit p of a row's word is its term p. A word
 * of {@link #MOST} terms is two ints, low and high.
 */
final class SimdNonZeroMask {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  /** Terms of a word. */
  static final int MOST = 64;

  private SimdNonZeroMask() {}

  /** 1 for all but ±0, without a branch: what is zero follows no pattern. */
  static int nonzero(float x) {
    int bits = Float.floatToRawIntBits(x) << 1;
    return (bits | -bits) >>> 31;
  }

  /**
   * Finds the terms of rows that lie in one piece each.
   *
   * @param rows number of rows; row i begins at {@code from + i * stride}
   * @param terms at most {@link #MOST}
   * @param low takes the rows' lower words from {@code to} on
   * @param high takes their upper words
   */
  static void ofRows(
      int rows, int terms, float[] a, int from, int stride, int[] low, int[] high, int to) {
    // Masks of narrower vectors are objects to C2.
    int whole = L >= 8 ? VectorWidth.wholeVectors(terms) : 0;
    for (int i = 0; i < rows; i++) {
      int at = from + i * stride;
      long word = wholeVectors(whole, a, at);
      for (int p = whole; p < terms; p++) {
        word |= (long) nonzero(a[at + p]) << p;
      }
      low[to + i] = (int) word;
      high[to + i] = (int) (word >>> 32);
    }
  }

  private static long wholeVectors(int terms, float[] a, int at) {
    long word = 0;
    for (int p = 0; p < terms; p += L) {
      word |= FloatVector.fromArray(S, a, at + p).compare(VectorOperators.NE, 0f).toLong() << p;
    }
    return word;
  }

  /**
   * Finds the terms of rows that lie side by side.
   *
   * @param rows number of rows; term p of row i lies at {@code from + p * stride + i}
   * @param terms at most {@link #MOST}
   * @param low takes the rows' lower words from {@code to} on
   * @param high takes their upper words
   */
  static void ofColumns(
      int rows, int terms, float[] a, int from, int stride, int[] low, int[] high, int to) {
    int half = MOST / 2;
    int more = Math.max(0, terms - half);
    int whole = VectorWidth.wholeVectors(rows);
    columns(whole, terms - more, a, from, stride, low, to);
    columns(whole, more, a, from + half * stride, stride, high, to);
    for (int i = whole; i < rows; i++) {
      long word = 0;
      for (int p = 0; p < terms; p++) {
        word |= (long) nonzero(a[from + p * stride + i]) << p;
      }
      low[to + i] = (int) word;
      high[to + i] = (int) (word >>> 32);
    }
  }

  /** The words of up to 32 terms, of whole vectors of rows. */
  private static void columns(
      int rows, int terms, float[] a, int from, int stride, int[] words, int to) {
    for (int i = 0; i < rows; i += L) {
      IntVector word = IntVector.zero(VectorWidth.INTS);
      // Each term's bit enters at the top, as in nonzero, and wanders down.
      for (int p = 0; p < terms; p++) {
        IntVector bits =
            FloatVector.fromArray(S, a, from + p * stride + i)
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 1);
        IntVector top = bits.or(bits.neg()).and(Integer.MIN_VALUE);
        word = word.lanewise(VectorOperators.LSHR, 1).or(top);
      }
      if (terms > 0) {
        word = word.lanewise(VectorOperators.LSHR, MOST / 2 - terms);
      }
      word.intoArray(words, to + i);
    }
  }
}
