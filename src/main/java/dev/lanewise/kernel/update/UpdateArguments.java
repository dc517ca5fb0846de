package dev.lanewise.kernel.update;

import dev.lanewise.kernel.support.Check;

/** The argument checks of both twins. */
final class UpdateArguments {
  private UpdateArguments() {}

  static void sgd(int n, float[] w, int wOffset, float[] g, int gOffset) {
    Check.atLeast("n", n, 0);
    Check.range("w", w.length, wOffset, n);
    Check.range("g", g.length, gOffset, n);
    Check.disjoint("w", w, wOffset, n, "g", g, gOffset, n);
  }

  static void momentum(
      int n, float[] w, int wOffset, float[] g, int gOffset, float[] v, int vOffset) {
    sgd(n, w, wOffset, g, gOffset);
    state("v", n, v, vOffset, w, wOffset, g, gOffset);
  }

  static void adam(
      int n,
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] m,
      int mOffset,
      float[] v,
      int vOffset) {
    sgd(n, w, wOffset, g, gOffset);
    state("m", n, m, mOffset, w, wOffset, g, gOffset);
    state("v", n, v, vOffset, w, wOffset, g, gOffset);
    Check.disjoint("v", v, vOffset, n, "m", m, mOffset, n);
  }

  private static void state(
      String name, int n, float[] s, int sOffset, float[] w, int wOffset, float[] g, int gOffset) {
    Check.range(name, s.length, sOffset, n);
    Check.disjoint(name, s, sOffset, n, "w", w, wOffset, n);
    Check.disjoint(name, s, sOffset, n, "g", g, gOffset, n);
  }
}
