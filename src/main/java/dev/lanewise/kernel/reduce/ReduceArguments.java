package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.support.Check;

/** The argument checks of the reductions, the same for both twins. */
final class ReduceArguments {
  private ReduceArguments() {}

  static void vector(int n, float[] x, int xOffset) {
    Check.atLeast("n", n, 0);
    Check.range("x", x, xOffset, n);
  }

  static void vectors(int n, float[] x, int xOffset, float[] y, int yOffset) {
    vector(n, x, xOffset);
    Check.range("y", y, yOffset, n);
  }

  static void argMax(int n, float[] x, int xOffset) {
    Check.atLeast("n", n, 1);
    Check.range("x", x, xOffset, n);
  }

  static void sumRows(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset) {
    Check.atLeast("rows", rows, 0);
    Check.atLeast("columns", columns, 0);
    Check.matrix("x", x, xOffset, rows, columns, ldx);
    Check.range("y", y, yOffset, columns);
    Check.disjoint("y", y, yOffset, columns, "x", x, xOffset, Check.span(rows, columns, ldx));
  }
}
