package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Lanes;

/**
 * Reductions whose bits depend on the logical order of the elements alone.
 *
 * <p><b>Bits.</b> The elements are cut at fixed multiples of 4096. In a block element i (counted
 * from the block's start) goes to lane i mod 32; the 32 lanes start at +0 (maximum: −∞) and take
 * their elements ascending: a sum by addition, a dot product and a squared norm by fma(x, y, lane),
 * a maximum as {@link Math#max(float, float)} compares (NaN wins, +0 is above −0). Then the lanes
 * are folded: lane l takes lane l + 16, then + 8, + 4, + 2, + 1. If there is more than one block,
 * the blocks' results are reduced by the same rule (those of a dot product or norm as a sum), again
 * in blocks of 4096. An empty sum is +0, an empty maximum −∞.
 *
 * <p>All methods throw {@link IllegalArgumentException} if a size is negative, a stretch leaves its
 * array, or an output overlaps the input.
 */
public interface Reduce extends Kernel {
  /** Number of virtual lanes. */
  int LANES = Lanes.COUNT;

  /** Number of elements of a block. */
  int BLOCK = Lanes.BLOCK;

  /**
   * Returns the sum of n elements.
   *
   * @param n number of elements
   * @param x holds them
   * @param xOffset where they begin
   * @return the sum
   */
  float sum(int n, float[] x, int xOffset);

  /**
   * Returns the largest of n elements; NaN if one is NaN.
   *
   * @param n number of elements
   * @param x holds them
   * @param xOffset where they begin
   * @return the maximum, −∞ if n is 0
   */
  float max(int n, float[] x, int xOffset);

  /**
   * Returns the dot product of two vectors (BLAS's sdot).
   *
   * @param n number of elements
   * @param x holds the first vector
   * @param xOffset where it begins
   * @param y holds the second vector
   * @param yOffset where it begins
   * @return the sum of x[i] · y[i]
   */
  float dot(int n, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Returns the squared Euclidean norm.
   *
   * @param n number of elements
   * @param x holds them
   * @param xOffset where they begin
   * @return the sum of x[i]²
   */
  float squaredNorm(int n, float[] x, int xOffset);

  /**
   * Returns the squared Euclidean norm, accumulated in double by the same rule: no float overflows
   * it, and none is too small for it. For norms that gradients are clipped by.
   *
   * <p>The square of a float is exact in double, so each element is one rounding: lane = lane +
   * (double) x[i] · x[i].
   *
   * @param n number of elements
   * @param x holds them
   * @param xOffset where they begin
   * @return the sum of x[i]²; infinite or NaN only if an element is
   */
  double squaredNormInDouble(int n, float[] x, int xOffset);

  /**
   * Returns the index of the largest element: the first of equal ones; the first NaN if there is
   * one (as NumPy's argmax).
   *
   * @param n number of elements, at least 1
   * @param x holds them
   * @param xOffset where they begin
   * @return from 0 to n − 1
   */
  int argMax(int n, float[] x, int xOffset);

  /**
   * Sums a matrix over its rows: y[j] is the sum of column j, its elements in row order (a dense
   * layer's bias gradient).
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param x holds the matrix
   * @param xOffset where it begins
   * @param ldx its leading dimension
   * @param y takes the sums; must not overlap x
   * @param yOffset where they begin
   */
  void sumRows(int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset);

  /**
   * Returns the sum of a whole array.
   *
   * @param x the array
   * @return the sum
   */
  default float sum(float[] x) {
    return sum(Check.length("x", x), x, 0);
  }

  /**
   * Returns the largest element of a whole array; NaN if one is NaN.
   *
   * @param x the array
   * @return the maximum, −∞ if it is empty
   */
  default float max(float[] x) {
    return max(Check.length("x", x), x, 0);
  }

  /**
   * Returns the index of the largest element of a whole array.
   *
   * @param x the array, not empty
   * @return from 0 to x.length − 1
   */
  default int argMax(float[] x) {
    return argMax(Check.length("x", x), x, 0);
  }

  /**
   * Sums a whole matrix without gaps over its rows.
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param x the matrix
   * @param y takes one sum a column
   */
  default void sumRows(int rows, int columns, float[] x, float[] y) {
    sumRows(rows, columns, x, 0, Math.max(1, columns), y, 0);
  }
}
