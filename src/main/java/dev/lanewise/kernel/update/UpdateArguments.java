package dev.lanewise.kernel.update;

import dev.lanewise.kernel.support.Check;

/** The argument checks of both twins. */
final class UpdateArguments {
  private UpdateArguments() {}

  static void weights(int n, float[] w, int offset) {
    Check.atLeast("n", n, 0);
    Check.range("w", w, offset, n);
  }

  static void gradient(int n, float[] w, int offset, float[] g, int gOffset) {
    weights(n, w, offset);
    Check.range("g", g, gOffset, n);
    Check.disjoint("w", w, offset, n, "g", g, gOffset, n);
  }

  /** Checks one state, after weights and gradient. */
  static void state(
      int n, float[] w, int offset, float[] g, int gOffset, String name, float[] state) {
    gradient(n, w, offset, g, gOffset);
    Check.range(name, state, offset, n);
    Check.disjoint(name, state, offset, n, "w", w, offset, n);
    Check.disjoint(name, state, offset, n, "g", g, gOffset, n);
  }

  /** Checks two states, after weights and gradient. */
  static void states(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      String name1,
      float[] state1,
      String name2,
      float[] state2) {
    state(n, w, offset, g, gOffset, name1, state1);
    state(n, w, offset, g, gOffset, name2, state2);
    Check.disjoint(name2, state2, offset, n, name1, state1, offset, n);
  }

  static void rmsprop(
      int n, float[] w, int offset, float[] g, int gOffset, float[] v, float[] mean, float[] b) {
    state(n, w, offset, g, gOffset, "v", v);
    Check.given("mean", mean);
    Check.given("b", b);
    if (kept(mean)) {
      states(n, w, offset, g, gOffset, "v", v, "mean", mean);
    }
    if (kept(b)) {
      states(n, w, offset, g, gOffset, "v", v, "b", b);
    }
    if (kept(mean) && kept(b)) {
      Check.disjoint("b", b, offset, n, "mean", mean, offset, n);
    }
  }

  static void adam(
      int n, float[] w, int offset, float[] g, int gOffset, float[] m, float[] v, float[] h) {
    states(n, w, offset, g, gOffset, "m", m, "v", v);
    Check.given("h", h);
    if (kept(h)) {
      states(n, w, offset, g, gOffset, "m", m, "h", h);
      Check.disjoint("h", h, offset, n, "v", v, offset, n);
    }
  }

  static void average(int n, float[] average, int averageOffset, float[] w, int offset) {
    weights(n, w, offset);
    Check.range("average", average, averageOffset, n);
    Check.disjoint("average", average, averageOffset, n, "w", w, offset, n);
  }

  /** Whether an optional state is kept. */
  static boolean kept(float[] state) {
    return state.length > 0;
  }
}
