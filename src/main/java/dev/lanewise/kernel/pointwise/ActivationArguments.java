package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.support.Check;

/** The argument checks of both twins. */
final class ActivationArguments {
  private ActivationArguments() {}

  static void bias(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy) {
    Check.atLeast("rows", rows, 0);
    Check.atLeast("columns", columns, 0);
    Check.matrix("x", x, xOffset, rows, columns, ldx);
    Check.range("bias", bias, biasOffset, columns);
    Check.matrix("y", y, yOffset, rows, columns, ldy);
    long ySpan = Check.span(rows, columns, ldy);
    if (xOffset != yOffset || ldx != ldy) {
      Check.disjoint("y", y, yOffset, ySpan, "x", x, xOffset, Check.span(rows, columns, ldx));
    }
    Check.disjoint("y", y, yOffset, ySpan, "bias", bias, biasOffset, columns);
  }

  static void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    Check.atLeast("n", n, 0);
    Check.range("x", x, xOffset, n);
    Check.range("y", y, yOffset, n);
    Check.sameOrDisjoint("y", y, yOffset, "x", x, xOffset, n);
  }

  static void reluGradient(
      int n, float[] y, int yOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
    Check.atLeast("n", n, 0);
    Check.range("y", y, yOffset, n);
    Check.range("dy", dy, dyOffset, n);
    Check.range("dx", dx, dxOffset, n);
    Check.sameOrDisjoint("dx", dx, dxOffset, "y", y, yOffset, n);
    Check.sameOrDisjoint("dx", dx, dxOffset, "dy", dy, dyOffset, n);
  }
}
