package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.support.Check;

/** The argument checks and the two numbers that both twins derive from a rate. */
final class DropoutArguments {
  private DropoutArguments() {}

  static void check(
      int n, double rate, int firstIndex, float[] x, int xOffset, float[] y, int yOffset) {
    Check.atLeast("n", n, 0);
    Check.within("rate", rate, 0, 1);
    Check.atLeast("firstIndex", firstIndex, 0);
    if ((long) firstIndex + n > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "firstIndex is "
              + firstIndex
              + " and n is "
              + n
              + ", but their sum must be at most "
              + Integer.MAX_VALUE);
    }
    Check.range("x", x, xOffset, n);
    Check.range("y", y, yOffset, n);
    Check.sameOrDisjoint("y", y, yOffset, "x", x, xOffset, n);
  }

  /** The least unsigned 32-bit value that is kept: 2^32 at rate 1, where nothing is. */
  static long threshold(double rate) {
    return (long) (rate * 0x1p32);
  }
}
