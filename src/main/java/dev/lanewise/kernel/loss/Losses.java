package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.Kernel;

/**
 * Losses of rows of outputs beside softmax cross-entropy, and their gradients.
 *
 * <p><b>Bits.</b> Mean squared error: d = x − t; loss = (the sum of d² by the reduction rule of a
 * squared norm) / columns; gradient d · factor with factor = (2 / columns) · scale. Binary
 * cross-entropy, from logits: each output gives fma(−x, t, x &gt; 0 ? x : +0) + softplus(−|x|);
 * loss = (their sum by the reduction rule) / columns; gradient d = (sigmoid(x) − t) · factor with
 * factor = (1 / columns) · scale, flushed: |d| &lt; 2^-100 gives +0, as in {@link Softmax}.
 * softplus and sigmoid are those of {@link dev.lanewise.kernel.math.Nonlinearities}. A row's result
 * depends on that row alone. {@code weigh}: one product an element.
 *
 * <p><b>Targets</b> are not looked at: those of a binary cross-entropy are taken to be from 0 to 1.
 * Others, and NaN, give what the formula gives. (Training checks them; see {@code
 * dev.lanewise.nn.Loss}.)
 *
 * <p><b>Aliasing.</b> Outputs must not share elements with inputs or each other; {@code weigh} may
 * work in place.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a size is
 * negative or there are rows without columns, a matrix leaves its array, a leading dimension is too
 * small, or an output overlaps an input.
 */
public interface Losses extends Kernel {
  /** Logit gradients closer to 0 than this become +0. */
  float FLUSH_GRADIENT = 0x1p-100f;

  /**
   * Computes each row's mean squared error.
   *
   * @param rows number of rows
   * @param columns outputs of a row, at least 1 if there are rows
   * @param x holds the predictions
   * @param xOffset where they begin
   * @param ldx their leading dimension
   * @param targets holds the targets
   * @param targetsOffset where they begin
   * @param ldt their leading dimension
   * @param loss takes one loss a row
   * @param lossOffset where they begin
   */
  void meanSquaredError(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset);

  /**
   * Computes each row's mean squared error and the gradient with respect to the predictions.
   *
   * @param rows number of rows
   * @param columns outputs of a row, at least 1 if there are rows
   * @param x holds the predictions
   * @param xOffset where they begin
   * @param ldx their leading dimension
   * @param targets holds the targets
   * @param targetsOffset where they begin
   * @param ldt their leading dimension
   * @param loss takes one loss a row
   * @param lossOffset where they begin
   * @param scale what the gradient is multiplied by: 1f / rows for the mean loss
   * @param dx takes the gradient
   * @param dxOffset where it begins
   * @param lddx its leading dimension
   */
  void backwardMeanSquaredError(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx);

  /**
   * Computes each row's mean binary cross-entropy of the sigmoid of logits.
   *
   * @param rows number of rows
   * @param columns outputs of a row, at least 1 if there are rows
   * @param x holds the logits
   * @param xOffset where they begin
   * @param ldx their leading dimension
   * @param targets holds the targets
   * @param targetsOffset where they begin
   * @param ldt their leading dimension
   * @param loss takes one loss a row
   * @param lossOffset where they begin
   */
  void binaryCrossEntropy(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset);

  /**
   * Computes each row's mean binary cross-entropy of the sigmoid of logits, and the gradient with
   * respect to the logits.
   *
   * @param rows number of rows
   * @param columns outputs of a row, at least 1 if there are rows
   * @param x holds the logits
   * @param xOffset where they begin
   * @param ldx their leading dimension
   * @param targets holds the targets
   * @param targetsOffset where they begin
   * @param ldt their leading dimension
   * @param loss takes one loss a row
   * @param lossOffset where they begin
   * @param scale what the gradient is multiplied by: 1f / rows for the mean loss
   * @param dx takes the gradient
   * @param dxOffset where it begins
   * @param lddx its leading dimension
   */
  void backwardBinaryCrossEntropy(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx);

  /**
   * Multiplies each row by a weight: y[i][j] = weights[i] · x[i][j], of matrices without gaps.
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param weights holds one weight a row
   * @param weightsOffset where they begin
   * @param x holds the matrix
   * @param xOffset where it begins
   * @param y takes the result
   * @param yOffset where it begins
   */
  void weigh(
      int rows,
      int columns,
      float[] weights,
      int weightsOffset,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset);
}
