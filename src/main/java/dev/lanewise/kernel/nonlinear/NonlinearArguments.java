package dev.lanewise.kernel.nonlinear;

import dev.lanewise.kernel.support.Check;

/** The argument checks of both twins. */
final class NonlinearArguments {
  private NonlinearArguments() {}

  static void apply(int n, float[] x, int xOffset, float[] y, int yOffset) {
    Check.atLeast("n", n, 0);
    Check.range("x", x.length, xOffset, n);
    Check.range("y", y.length, yOffset, n);
    Check.sameOrDisjoint("y", y, yOffset, "x", x, xOffset, n);
  }

  static void gradient(
      int n, float[] saved, int savedOffset, float[] dy, int dyOffset, float[] dx, int dxOffset) {
    Check.atLeast("n", n, 0);
    Check.range("saved", saved.length, savedOffset, n);
    Check.range("dy", dy.length, dyOffset, n);
    Check.range("dx", dx.length, dxOffset, n);
    Check.sameOrDisjoint("dx", dx, dxOffset, "saved", saved, savedOffset, n);
    Check.sameOrDisjoint("dx", dx, dxOffset, "dy", dy, dyOffset, n);
  }
}
