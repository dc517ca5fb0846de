package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.Kernel;

/**
 * Layer normalization (Ba et al., 2016) of the rows of a row-major matrix, with its gradients: each
 * row less its mean, divided by its deviation, then scaled and shifted column by column.
 *
 * <p><b>Bits.</b> For a row x of n elements, sums and dot products by the reduction rule (32 lanes,
 * blocks of 4096): mean = sum(x) / n; d = x − mean; variance = dot(d, d) / n, of the differences,
 * so in two passes; inverse = 1 / sqrt(variance + epsilon), one root and one division, each rounded
 * once; h = d · inverse; y = fma(h, gamma, beta). Its gradients, from dy, the mean and the inverse:
 * h = (x − mean) · inverse as before; g = dy · gamma; a = sum(g) / n; b = dot(g, h) / n; dx =
 * inverse · (g − fma(h, b, a)); products = dy · h. The sums of the products over the rows are the
 * gradient of gamma, those of dy that of beta: {@link dev.lanewise.kernel.reduce.Reduce#sumRows}.
 *
 * <p>A row that holds NaN or an infinity, or whose sum overflows, gives NaN throughout; one whose
 * squares overflow gives beta, since its inverse is 0; other rows do not change. A row's result
 * depends on that row alone, so none depends on how a team divides them.
 *
 * <p><b>Statistics</b> are a matrix of two columns without gaps, for the gradients to read: each
 * row's mean and its inverse.
 *
 * <p><b>Aliasing.</b> y, dx and products may be the very same matrix as x or dy (same offset and
 * leading dimension); any other overlap of an output with an input is refused, and so is one of the
 * statistics with y. Products may also be the same matrix as dx, which then replaces them: for who
 * does not need them.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a size is
 * negative or there are rows without columns, an array is too short, a leading dimension is too
 * small, epsilon is negative, infinite or NaN, or an output overlaps what it must not.
 */
public interface Normalization extends Kernel {
  /**
   * Computes y = (x − mean) / sqrt(variance + epsilon) · gamma + beta, row by row.
   *
   * @param rows number of rows
   * @param columns number of columns: the elements that a mean and a variance are taken over
   * @param x holds the matrix
   * @param xOffset where it begins
   * @param ldx its leading dimension
   * @param gamma holds what a column is multiplied by
   * @param gammaOffset where that begins
   * @param beta holds what is added to a column
   * @param betaOffset where that begins
   * @param epsilon what is added to the variance, at least 0
   * @param y takes the result; may be x
   * @param yOffset where it begins
   * @param ldy its leading dimension
   * @param statistics takes the rows' means and inverses
   * @param statisticsOffset where they begin
   */
  void forward(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] gamma,
      int gammaOffset,
      float[] beta,
      int betaOffset,
      float epsilon,
      float[] y,
      int yOffset,
      int ldy,
      float[] statistics,
      int statisticsOffset);

  /**
   * Computes the gradient with respect to x: dx = inverse · (g − mean(g) − h · mean(g · h)) with g
   * = dy · gamma and h = (x − mean) · inverse, row by row; and the products dy · h.
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param x holds the matrix that was normalized
   * @param xOffset where it begins
   * @param ldx its leading dimension
   * @param gamma holds what a column was multiplied by
   * @param gammaOffset where that begins
   * @param statistics holds the rows' means and inverses, from {@link #forward}
   * @param statisticsOffset where they begin
   * @param dy holds the gradient with respect to y
   * @param dyOffset where it begins
   * @param lddy its leading dimension
   * @param products takes the products; may be x, dy or dx
   * @param productsOffset where they begin
   * @param ldp their leading dimension
   * @param dx takes the gradient; may be x or dy
   * @param dxOffset where it begins
   * @param lddx its leading dimension
   */
  void backward(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] gamma,
      int gammaOffset,
      float[] statistics,
      int statisticsOffset,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] products,
      int productsOffset,
      int ldp,
      float[] dx,
      int dxOffset,
      int lddx);
}
