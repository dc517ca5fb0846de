package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.support.Check;

/** The argument checks of both twins. */
final class BlasArguments {
  private BlasArguments() {}

  static void vector(int n, float[] x, int xOffset) {
    Check.atLeast("n", n, 0);
    Check.range("x", x, xOffset, n);
  }

  static void notEmpty(int n, float[] x, int xOffset) {
    Check.atLeast("n", n, 1);
    Check.range("x", x, xOffset, n);
  }

  static void gemv(
      Transpose trans,
      int m,
      int n,
      float[] a,
      int aOffset,
      int lda,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    Check.given("trans", trans);
    Check.atLeast("m", m, 0);
    Check.atLeast("n", n, 0);
    Check.matrix("a", a, aOffset, m, n, lda);
    int in = trans == Transpose.NO ? n : m;
    int out = trans == Transpose.NO ? m : n;
    Check.range("x", x, xOffset, in);
    Check.range("y", y, yOffset, out);
    Check.disjoint("y", y, yOffset, out, "a", a, aOffset, Check.span(m, n, lda));
    Check.disjoint("y", y, yOffset, out, "x", x, xOffset, in);
  }

  static void ger(
      int m,
      int n,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int lda) {
    Check.atLeast("m", m, 0);
    Check.atLeast("n", n, 0);
    Check.range("x", x, xOffset, m);
    Check.range("y", y, yOffset, n);
    Check.matrix("a", a, aOffset, m, n, lda);
    Check.disjoint("a", a, aOffset, Check.span(m, n, lda), "x", x, xOffset, m);
    Check.disjoint("a", a, aOffset, Check.span(m, n, lda), "y", y, yOffset, n);
  }
}
