package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.support.Check;

/** The argument checks of both twins. */
final class NonlinearArguments {
  private NonlinearArguments() {}

  static void apply(Nonlinearity function, int n, float[] x, int xOffset, float[] y, int yOffset) {
    Check.given("function", function);
    Check.atLeast("n", n, 0);
    Check.range("x", x, xOffset, n);
    Check.range("y", y, yOffset, n);
    Check.sameOrDisjoint("y", y, yOffset, "x", x, xOffset, n);
  }

  static void gradient(
      Nonlinearity function,
      int n,
      float[] saved,
      int savedOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    Check.given("function", function);
    Check.atLeast("n", n, 0);
    Check.range("saved", saved, savedOffset, n);
    Check.range("dy", dy, dyOffset, n);
    Check.range("dx", dx, dxOffset, n);
    Check.sameOrDisjoint("dx", dx, dxOffset, "saved", saved, savedOffset, n);
    Check.sameOrDisjoint("dx", dx, dxOffset, "dy", dy, dyOffset, n);
  }
}
