package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Looks for the values that forbid skipping a zero: B's that are not finite, chains that are −0.
 */
final class SimdSpecials {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final int COLUMNS = SimdSparseA.COLUMNS;

  private SimdSpecials() {}

  /** Copies rows of 8 vectors to a panel; returns whether all their elements are finite. */
  static boolean copyFinite(int rows, float[] b, int from, int ldb, float[] panel, int to) {
    // 0 · x is NaN where x is not finite; two sums hide the latency.
    FloatVector zero = FloatVector.zero(S);
    FloatVector s0 = zero;
    FloatVector s1 = zero;
    for (int p = 0; p < rows; p++) {
      for (int j = 0; j < COLUMNS; j += 2 * L) {
        FloatVector v0 = FloatVector.fromArray(S, b, from + p * ldb + j);
        FloatVector v1 = FloatVector.fromArray(S, b, from + p * ldb + j + L);
        v0.intoArray(panel, to + p * COLUMNS + j);
        v1.intoArray(panel, to + p * COLUMNS + j + L);
        s0 = v0.fma(zero, s0);
        s1 = v1.fma(zero, s1);
      }
    }
    return allZero(s0.add(s1));
  }

  /** Returns whether {@code n} elements, a multiple of two vectors, are all finite. */
  static boolean finite(int n, float[] b, int at) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector s0 = zero;
    FloatVector s1 = zero;
    for (int j = 0; j < n; j += 2 * L) {
      s0 = FloatVector.fromArray(S, b, at + j).fma(zero, s0);
      s1 = FloatVector.fromArray(S, b, at + j + L).fma(zero, s1);
    }
    return allZero(s0.add(s1));
  }

  /** Returns whether all of lanes that are +0 or NaN are +0; a mask might be an object to C2. */
  private static boolean allZero(FloatVector lanes) {
    return lanes.reinterpretAsInts().reduceLanes(VectorOperators.OR) == 0;
  }

  /** Returns whether a −0 is among {@code rows} rows of 8 vectors. */
  static boolean hasMinusZero(int rows, float[] c, int at, int ld) {
    // The bits of −0 are the least int.
    IntVector least = IntVector.zero(VectorWidth.INTS);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < COLUMNS; j += L) {
        least = least.min(FloatVector.fromArray(S, c, at + i * ld + j).reinterpretAsInts());
      }
    }
    return least.reduceLanes(VectorOperators.MIN) == Integer.MIN_VALUE;
  }
}
