package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.support.Check;

/**
 * Batch normalization (Ioffe and Szegedy, 2015) of the columns of a row-major matrix, with its
 * gradients: each column less its mean, divided by its deviation, then scaled and shifted. A column
 * is a channel; a row is a sample, or a pixel of an image with channels last.
 *
 * <p><b>Bits.</b> For a column x of n rows, sums over the rows by the reduction rule, element i
 * being row i ({@link dev.lanewise.kernel.reduce.Reduce#sumRows}): mean = sum(x) / n; d = x − mean;
 * variance = sum(d · d) / n, each square rounded, of the differences, so in two passes; inverse = 1
 * / sqrt(variance + epsilon), one root and one division, each rounded once; scale = gamma ·
 * inverse; y = fma(d, scale, beta). Its gradients, from dy, the mean and the variance: h = d ·
 * inverse; dgamma = sum(dy · h), each product rounded; dbeta = sum(dy); dx = scale · (dy − fma(h,
 * dgamma / n, dbeta / n)).
 *
 * <p>A column that holds NaN or an infinity, or whose sum overflows, gives NaN throughout; one
 * whose squares overflow gives beta, since its inverse is 0; other columns do not change. No result
 * depends on how a team divides the rows.
 *
 * <p><b>Aliasing.</b> {@link #normalize} may write y over the very same matrix x. Any other overlap
 * of an output with an input or another output is refused: the other methods read their inputs more
 * than once, and keep products where the result will be.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a size is
 * negative, there are no rows to take a mean over, an array is too short, a leading dimension is
 * too small, epsilon is negative, infinite or NaN, or an output overlaps what it must not.
 */
public interface BatchNormalization extends Kernel {
  /**
   * Computes the columns' means and variances, and y = (x − mean) / sqrt(variance + epsilon) ·
   * gamma + beta: what training does.
   *
   * @param rows number of rows, at least 1
   * @param columns number of columns
   * @param x holds the matrix
   * @param xOffset where it begins
   * @param ldx its leading dimension
   * @param gamma holds what a column is multiplied by
   * @param gammaOffset where that begins
   * @param beta holds what is added to a column
   * @param betaOffset where that begins
   * @param epsilon what is added to the variance, at least 0
   * @param y takes the result
   * @param yOffset where it begins
   * @param ldy its leading dimension
   * @param mean takes the columns' means
   * @param meanOffset where they begin
   * @param variance takes the columns' variances, divided by the number of rows
   * @param varianceOffset where they begin
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
      float[] mean,
      int meanOffset,
      float[] variance,
      int varianceOffset);

  /**
   * Computes y = (x − mean) / sqrt(variance + epsilon) · gamma + beta with means and variances that
   * are given: what inference does. With those of {@link #forward} it has that method's bits.
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param x holds the matrix
   * @param xOffset where it begins
   * @param ldx its leading dimension
   * @param gamma holds what a column is multiplied by
   * @param gammaOffset where that begins
   * @param beta holds what is added to a column
   * @param betaOffset where that begins
   * @param epsilon what is added to the variance, at least 0
   * @param mean holds the columns' means
   * @param meanOffset where they begin
   * @param variance holds the columns' variances
   * @param varianceOffset where they begin
   * @param y takes the result; may be x
   * @param yOffset where it begins
   * @param ldy its leading dimension
   */
  void normalize(
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
      float[] mean,
      int meanOffset,
      float[] variance,
      int varianceOffset,
      float[] y,
      int yOffset,
      int ldy);

  /**
   * Computes the gradients with respect to gamma, beta and x, where mean and variance are those of
   * x: dgamma = Σ dy · h and dbeta = Σ dy over the rows, and dx = gamma / sqrt(variance + epsilon)
   * · (dy − dbeta / rows − h · dgamma / rows), with h = (x − mean) / sqrt(variance + epsilon).
   *
   * @param rows number of rows, at least 1
   * @param columns number of columns
   * @param x holds the matrix that was normalized
   * @param xOffset where it begins
   * @param ldx its leading dimension
   * @param gamma holds what a column was multiplied by
   * @param gammaOffset where that begins
   * @param epsilon what was added to the variance, at least 0
   * @param mean holds the columns' means, from {@link #forward}
   * @param meanOffset where they begin
   * @param variance holds the columns' variances, from {@link #forward}
   * @param varianceOffset where they begin
   * @param dy holds the gradient with respect to y
   * @param dyOffset where it begins
   * @param lddy its leading dimension
   * @param dx takes the gradient with respect to x
   * @param dxOffset where it begins
   * @param lddx its leading dimension
   * @param dgamma takes the gradient with respect to gamma
   * @param dgammaOffset where it begins
   * @param dbeta takes the gradient with respect to beta
   * @param dbetaOffset where it begins
   */
  void backward(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] gamma,
      int gammaOffset,
      float epsilon,
      float[] mean,
      int meanOffset,
      float[] variance,
      int varianceOffset,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx,
      float[] dgamma,
      int dgammaOffset,
      float[] dbeta,
      int dbetaOffset);

  /**
   * Returns a consumer that does {@link #normalize} on tiles in place.
   *
   * @param gamma holds what an output column is multiplied by; as all of these, read at every tile
   * @param gammaOffset where that begins
   * @param beta holds what is added to a column
   * @param betaOffset where that begins
   * @param epsilon what is added to the variance, at least 0
   * @param mean holds the columns' means
   * @param meanOffset where they begin
   * @param variance holds the columns' variances
   * @param varianceOffset where they begin
   * @return the consumer
   */
  default TileConsumer tiles(
      float[] gamma,
      int gammaOffset,
      float[] beta,
      int betaOffset,
      float epsilon,
      float[] mean,
      int meanOffset,
      float[] variance,
      int varianceOffset) {
    Check.range("gamma", gamma, gammaOffset, 0);
    Check.range("beta", beta, betaOffset, 0);
    Check.within("epsilon", epsilon, 0, Float.MAX_VALUE);
    Check.range("mean", mean, meanOffset, 0);
    Check.range("variance", variance, varianceOffset, 0);
    return (tile, offset, ld, row, rows, column, columns) ->
        normalize(
            rows,
            columns,
            tile,
            offset,
            ld,
            gamma,
            gammaOffset + column,
            beta,
            betaOffset + column,
            epsilon,
            mean,
            meanOffset + column,
            variance,
            varianceOffset + column,
            tile,
            offset,
            ld);
  }
}
