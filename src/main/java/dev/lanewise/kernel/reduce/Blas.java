package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.support.Check;

/**
 * The vector and matrix-vector operations that stand beside a matrix product, with the names and
 * the meaning of BLAS's levels 1 and 2: float32, vectors without gaps, row-major matrices.
 *
 * <p>Each operation has a full form, with offsets and leading dimensions, and a form for whole
 * arrays. A leading dimension is the distance between the starts of two stored rows, at least the
 * row's length and at least 1.
 *
 * <p><b>Bits.</b> {@code axpy} is one fma an element, {@code scal} one product. {@code dot} and
 * {@code asum} are reductions by the rule of {@link dev.lanewise.kernel.reduce.Reduce}: blocks of
 * 4096 elements, 32 lanes, fma(x, y, lane) and lane + |x|. {@code nrm2} is the square root, in
 * double and rounded once to float, of the squared norm accumulated in double by the same rule, so
 * nothing overflows on the way. {@code iamax} takes the first of equal ones, and the first NaN
 * before everything else. {@code gemv} without transposition takes the reduction {@code dot} for
 * each row; transposed, each element is one chain {@code acc = fma(a[i][j], x[i], acc)} over i
 * ascending, from +0. Then, once: {@code beta == 0 ? alpha * acc : fma(beta, y, alpha * acc)}, as
 * in a matrix product; so the transposed product has the bits of an sgemm with m = 1, the other one
 * in general not those of an sgemm with n = 1. {@code ger} is one fma an element: {@code fma(alpha
 * * x[i], y[j], a[i][j])}. No term is skipped because a factor is zero.
 *
 * <p><b>Aliasing.</b> {@code axpy}'s y may be the very same stretch as x; every other overlap of an
 * output with an input is refused. Elements between a matrix's rows are never written.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a size is
 * negative, a stretch leaves its array, a leading dimension is too small, or an output overlaps an
 * input. Both twins may be called by several threads at a time.
 */
public interface Blas extends Kernel {
  /**
   * Adds a multiple of a vector: y[i] = fma(alpha, x[i], y[i]).
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
   * Adds a multiple of a whole array to another.
   *
   * @param alpha the factor
   * @param x the array to add
   * @param y the array that is added to, as long as x, updated
   */
  default void axpy(float alpha, float[] x, float[] y) {
    Check.sameLength("y", y, "x", x);
    axpy(x.length, alpha, x, 0, y, 0);
  }

  /**
   * Multiplies a vector by a number, in place: x[i] = alpha · x[i].
   *
   * @param n number of elements
   * @param alpha the factor; 0 gives ±0, and NaN where x is infinite or NaN
   * @param x the vector, updated
   * @param xOffset where it begins
   */
  void scal(int n, float alpha, float[] x, int xOffset);

  /**
   * Multiplies a whole array by a number, in place.
   *
   * @param alpha the factor
   * @param x the array, updated
   */
  default void scal(float alpha, float[] x) {
    scal(Check.length("x", x), alpha, x, 0);
  }

  /**
   * Returns the dot product of two vectors.
   *
   * @param n number of elements
   * @param x holds the first vector
   * @param xOffset where it begins
   * @param y holds the second vector
   * @param yOffset where it begins
   * @return the sum of x[i] · y[i], +0 if n is 0
   */
  float dot(int n, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Returns the dot product of two whole arrays.
   *
   * @param x the first array
   * @param y the second array, as long as x
   * @return the sum of x[i] · y[i]
   */
  default float dot(float[] x, float[] y) {
    Check.sameLength("y", y, "x", x);
    return dot(x.length, x, 0, y, 0);
  }

  /**
   * Returns the Euclidean norm: √(Σ x[i]²), without overflow or underflow on the way.
   *
   * @param n number of elements
   * @param x holds the vector
   * @param xOffset where it begins
   * @return the norm, +0 if n is 0
   */
  float nrm2(int n, float[] x, int xOffset);

  /**
   * Returns the Euclidean norm of a whole array.
   *
   * @param x the array
   * @return the norm
   */
  default float nrm2(float[] x) {
    return nrm2(Check.length("x", x), x, 0);
  }

  /**
   * Returns the sum of the absolute values.
   *
   * @param n number of elements
   * @param x holds the vector
   * @param xOffset where it begins
   * @return the sum of |x[i]|, +0 if n is 0
   */
  float asum(int n, float[] x, int xOffset);

  /**
   * Returns the sum of the absolute values of a whole array.
   *
   * @param x the array
   * @return the sum of |x[i]|
   */
  default float asum(float[] x) {
    return asum(Check.length("x", x), x, 0);
  }

  /**
   * Returns the place of the element of largest absolute value: the first of equal ones; the first
   * NaN if there is one.
   *
   * @param n number of elements, at least 1
   * @param x holds the vector
   * @param xOffset where it begins
   * @return from 0 to n − 1, counted from {@code xOffset}
   */
  int iamax(int n, float[] x, int xOffset);

  /**
   * Returns the place of the element of largest absolute value of a whole array.
   *
   * @param x the array, not empty
   * @return from 0 to x.length − 1
   */
  default int iamax(float[] x) {
    return iamax(Check.length("x", x), x, 0);
  }

  /**
   * Computes y = alpha · op(A) · x + beta · y. With beta 0, y is never read; with alpha 0, or with
   * no element to sum, neither A nor x is.
   *
   * @param trans whether A is transposed
   * @param m rows of A as it is stored
   * @param n columns of A as it is stored
   * @param alpha factor of the product
   * @param a holds A
   * @param aOffset where it begins
   * @param lda its leading dimension
   * @param x holds the vector: n elements, m if A is transposed
   * @param xOffset where it begins
   * @param beta factor of the old y
   * @param y holds the result: m elements, n if A is transposed
   * @param yOffset where it begins
   */
  void gemv(
      Transpose trans,
      int m,
      int n,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] x,
      int xOffset,
      float beta,
      float[] y,
      int yOffset);

  /**
   * Computes y = A · x of a whole row-major matrix without gaps.
   *
   * @param m rows of A
   * @param n columns of A
   * @param a A's m·n elements
   * @param x n elements
   * @param y takes m elements
   */
  default void gemv(int m, int n, float[] a, float[] x, float[] y) {
    gemv(Transpose.NO, m, n, 1f, a, 0, Math.max(1, n), x, 0, 0f, y, 0);
  }

  /**
   * Adds an outer product: A = alpha · x · yᵀ + A.
   *
   * @param m rows of A
   * @param n columns of A
   * @param alpha factor of the product
   * @param x holds m elements
   * @param xOffset where they begin
   * @param y holds n elements
   * @param yOffset where they begin
   * @param a the matrix that is added to, updated
   * @param aOffset where it begins
   * @param lda its leading dimension
   */
  void ger(
      int m,
      int n,
      float alpha,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int lda);

  /**
   * Adds an outer product to a whole row-major matrix without gaps.
   *
   * @param m rows of A
   * @param n columns of A
   * @param alpha factor of the product
   * @param x m elements
   * @param y n elements
   * @param a A's m·n elements, updated
   */
  default void ger(int m, int n, float alpha, float[] x, float[] y, float[] a) {
    ger(m, n, alpha, x, 0, y, 0, a, 0, Math.max(1, n));
  }
}
