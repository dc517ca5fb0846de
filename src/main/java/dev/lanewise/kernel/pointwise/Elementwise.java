package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.support.Check;

/**
 * Element by element operations on vectors.
 *
 * <p><b>Bits.</b> The formulas below, each operation rounded once, to nearest: a product for {@code
 * scale}, a sum for {@code add}, a difference, product or quotient for {@code combine}, one fma for
 * {@code axpy}, two selects for {@code clip}, a true division by 255 (not a product with its
 * inverse) for {@code bytesToUnit}. Every element depends on its own operands alone.
 *
 * <p><b>Aliasing.</b> An output may be the very same stretch as an input (an in-place call); any
 * other overlap is refused. NaN and infinities propagate as IEEE 754 says.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a size is
 * negative, a stretch leaves its array, or an output overlaps an input partly.
 */
public interface Elementwise extends Kernel {
  /**
   * Multiplies by a number: y[i] = alpha · x[i].
   *
   * @param n number of elements
   * @param alpha the factor
   * @param x holds the input
   * @param xOffset where it begins
   * @param y takes the output
   * @param yOffset where it begins
   */
  void scale(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Adds two vectors: c[i] = a[i] + b[i].
   *
   * @param n number of elements
   * @param a holds the first vector
   * @param aOffset where it begins
   * @param b holds the second vector
   * @param bOffset where it begins
   * @param c takes the sum
   * @param cOffset where it begins
   */
  void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset);

  /**
   * Computes c[i] from a[i] and b[i].
   *
   * @param how which computation
   * @param n number of elements
   * @param a holds the first vector
   * @param aOffset where it begins
   * @param b holds the second vector
   * @param bOffset where it begins
   * @param c takes the result
   * @param cOffset where it begins
   */
  void combine(
      Arithmetic how,
      int n,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset);

  /**
   * Adds a multiple of a vector (BLAS's saxpy): y[i] = fma(alpha, x[i], y[i]).
   *
   * @param n number of elements
   * @param alpha the factor
   * @param x holds the vector to add
   * @param xOffset where it begins
   * @param y the vector that is added to, updated
   * @param yOffset where it begins
   */
  void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Cuts to a range: y[i] = x[i] &lt; low ? low : x[i] &gt; high ? high : x[i]. NaN stays.
   *
   * @param n number of elements
   * @param low the smallest number
   * @param high the largest number, at least {@code low}
   * @param x holds the input
   * @param xOffset where it begins
   * @param y takes the output
   * @param yOffset where it begins
   * @throws IllegalArgumentException if low is not at most high, NaN included
   */
  void clip(int n, float low, float high, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Writes labels as rows of a matrix that hold 1 at the label and +0 elsewhere (Keras's
   * to_categorical).
   *
   * @param n number of labels
   * @param classes number of columns, at least 1
   * @param labels holds the labels, each from 0 to classes − 1
   * @param labelsOffset where they begin
   * @param y takes n · classes elements
   * @param yOffset where they begin
   * @throws IllegalArgumentException if a label is out of range (named with its position), before
   *     anything is written
   */
  void oneHot(int n, int classes, int[] labels, int labelsOffset, float[] y, int yOffset);

  /**
   * Scales unsigned bytes to [0, 1]: y[i] = (x[i] &amp; 255) / 255f.
   *
   * @param n number of elements
   * @param x holds the bytes
   * @param xOffset where they begin
   * @param y takes the output
   * @param yOffset where it begins
   */
  void bytesToUnit(int n, byte[] x, int xOffset, float[] y, int yOffset);

  /**
   * Multiplies a whole array by a number: y[i] = alpha · x[i].
   *
   * @param alpha the factor
   * @param x the input
   * @param y takes the output, as long as x; may be x
   */
  default void scale(float alpha, float[] x, float[] y) {
    Check.sameLength("y", y, "x", x);
    scale(x.length, alpha, x, 0, y, 0);
  }

  /**
   * Adds two whole arrays: c[i] = a[i] + b[i].
   *
   * @param a the first array
   * @param b the second array, as long as a
   * @param c takes the sum, as long as a; may be a or b
   */
  default void add(float[] a, float[] b, float[] c) {
    Check.sameLength("b", b, "a", a);
    Check.sameLength("c", c, "a", a);
    add(a.length, a, 0, b, 0, c, 0);
  }

  /**
   * Cuts a whole array to a range.
   *
   * @param low the smallest number
   * @param high the largest number, at least {@code low}
   * @param x the input
   * @param y takes the output, as long as x; may be x
   */
  default void clip(float low, float high, float[] x, float[] y) {
    Check.sameLength("y", y, "x", x);
    clip(x.length, low, high, x, 0, y, 0);
  }

  /**
   * Writes whole labels as rows of 1 at the label and +0 elsewhere.
   *
   * @param classes number of columns, at least 1
   * @param labels the labels, each from 0 to classes − 1
   * @param y takes labels.length · classes elements
   */
  default void oneHot(int classes, int[] labels, float[] y) {
    oneHot(Check.length("labels", labels), classes, labels, 0, y, 0);
  }

  /**
   * Scales a whole array of unsigned bytes to [0, 1].
   *
   * @param x the bytes
   * @param y takes the output, as long as x
   */
  default void bytesToUnit(byte[] x, float[] y) {
    Check.sameLength("y", Check.length("y", y), "x", Check.length("x", x));
    bytesToUnit(x.length, x, 0, y, 0);
  }
}
