package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.support.Check;

/** The argument checks of both twins. */
final class ElementwiseArguments {
  private ElementwiseArguments() {}

  /** One input and one output: scale, axpy. */
  static void pair(int n, float[] x, int xOffset, float[] y, int yOffset) {
    Check.atLeast("n", n, 0);
    Check.range("x", x, xOffset, n);
    Check.range("y", y, yOffset, n);
    Check.sameOrDisjoint("y", y, yOffset, "x", x, xOffset, n);
  }

  static void clip(int n, float low, float high, float[] x, int xOffset, float[] y, int yOffset) {
    pair(n, x, xOffset, y, yOffset);
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "low is " + low + " and high " + high + ", but low must be at most high");
    }
  }

  static void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
    Check.atLeast("n", n, 0);
    Check.range("a", a, aOffset, n);
    Check.range("b", b, bOffset, n);
    Check.range("c", c, cOffset, n);
    Check.sameOrDisjoint("c", c, cOffset, "a", a, aOffset, n);
    Check.sameOrDisjoint("c", c, cOffset, "b", b, bOffset, n);
  }

  static void oneHot(int n, int classes, int[] labels, int labelsOffset, float[] y, int yOffset) {
    Check.atLeast("n", n, 0);
    Check.atLeast("classes", classes, 1);
    Check.range("labels", labels, labelsOffset, n);
    Check.range("y", y, yOffset, (long) n * classes);
    for (int i = 0; i < n; i++) {
      int label = labels[labelsOffset + i];
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "label " + i + " is " + label + ", but must be from 0 to " + (classes - 1));
      }
    }
  }

  static void bytesToUnit(int n, byte[] x, int xOffset, float[] y, int yOffset) {
    Check.atLeast("n", n, 0);
    Check.range("x", x, xOffset, n);
    Check.range("y", y, yOffset, n);
  }
}
