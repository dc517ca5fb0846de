package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.Kernel;

/**
 * Softmax, log-softmax and softmax cross-entropy over the rows of a row-major matrix, with their
 * gradients.
 *
 * <p><b>Bits.</b> For a row x: m = max (as a reduction takes it); e = exp(x − m), our own exp; s =
 * the sum of e by the reduction rule (32 lanes, blocks of 4096); softmax p = e / s; log-softmax =
 * (x − m) − log(s), our own log. Cross-entropy with label y: loss = log(s) − (x_y − m); with a row
 * of targets t: the sum by the reduction rule of the terms {@code t == 0 ? +0 : t * (log(s) − (x −
 * m))}, so a class whose target is 0 adds nothing, also at −∞. Its gradient: d = (p − t) · scale, t
 * being 1 at the label and 0 elsewhere, then flushed: abs(d) &lt; 2^-100 gives +0 (subnormal
 * gradients would slow every product behind them). Softmax's gradient: dx = y · (dy − dot(dy, y));
 * log-softmax's: dx = dy − exp(y) · sum(dy), computed as fma(−exp(y), sum(dy), dy); dot and sum by
 * the reduction rule.
 *
 * <p>A row that holds NaN or +∞, or nothing but −∞, gives NaN throughout (but loss +0 where all its
 * targets are 0); other rows do not change. A row's result depends on that row alone.
 *
 * <p><b>Aliasing.</b> An output may be the very same matrix as an input (same offset and leading
 * dimension); any other overlap is refused.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a size is
 * negative or there are rows without columns, a matrix leaves its array, a leading dimension is too
 * small, an output overlaps an input partly, or a label is out of range.
 */
public interface Softmax extends Kernel {
  /** Logit gradients closer to 0 than this become +0. */
  float FLUSH_GRADIENT = 0x1p-100f;

  /**
   * Computes the softmax of each row.
   *
   * @param rows number of rows
   * @param columns number of classes
   * @param x holds the logits
   * @param xOffset where they begin
   * @param ldx their leading dimension
   * @param y takes the probabilities
   * @param yOffset where they begin
   * @param ldy their leading dimension
   */
  void softmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy);

  /**
   * Computes the logarithm of the softmax of each row.
   *
   * @param rows number of rows
   * @param columns number of classes
   * @param x holds the logits
   * @param xOffset where they begin
   * @param ldx their leading dimension
   * @param y takes the log-probabilities
   * @param yOffset where they begin
   * @param ldy their leading dimension
   */
  void logSoftmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy);

  /**
   * Computes softmax's gradient: dx = y · (dy − dot(dy, y)), row by row.
   *
   * @param rows number of rows
   * @param columns number of classes
   * @param y holds softmax's output
   * @param yOffset where it begins
   * @param ldy its leading dimension
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param lddy its leading dimension
   * @param dx takes the gradient with respect to the logits
   * @param dxOffset where it begins
   * @param lddx its leading dimension
   */
  void backwardSoftmax(
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int ldy,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx);

  /**
   * Computes log-softmax's gradient: dx = dy − exp(y) · sum(dy), row by row.
   *
   * @param rows number of rows
   * @param columns number of classes
   * @param y holds log-softmax's output
   * @param yOffset where it begins
   * @param ldy its leading dimension
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param lddy its leading dimension
   * @param dx takes the gradient with respect to the logits
   * @param dxOffset where it begins
   * @param lddx its leading dimension
   */
  void backwardLogSoftmax(
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int ldy,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx);

  /**
   * Computes each row's softmax cross-entropy with its label (Keras's sparse categorical
   * cross-entropy from logits).
   *
   * @param rows number of rows
   * @param classes number of classes
   * @param x holds the logits
   * @param xOffset where they begin
   * @param ldx their leading dimension
   * @param labels holds one class a row, from 0 to classes − 1
   * @param labelsOffset where they begin
   * @param loss takes one loss a row
   * @param lossOffset where they begin
   */
  void crossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      int[] labels,
      int labelsOffset,
      float[] loss,
      int lossOffset);

  /**
   * Computes each row's softmax cross-entropy with its label, and the gradient with respect to the
   * logits, in one pass.
   *
   * @param rows number of rows
   * @param classes number of classes
   * @param x holds the logits
   * @param xOffset where they begin
   * @param ldx their leading dimension
   * @param labels holds one class a row, from 0 to classes − 1
   * @param labelsOffset where they begin
   * @param loss takes one loss a row
   * @param lossOffset where they begin
   * @param scale what the gradient is multiplied by: 1f / rows for the mean loss
   * @param dx takes the gradient
   * @param dxOffset where it begins
   * @param lddx its leading dimension
   */
  void backwardCrossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      int[] labels,
      int labelsOffset,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx);

  /**
   * Computes each row's softmax cross-entropy with a row of target probabilities (Keras's
   * categorical cross-entropy from logits).
   *
   * @param rows number of rows
   * @param classes number of classes
   * @param x holds the logits
   * @param xOffset where they begin
   * @param ldx their leading dimension
   * @param targets holds the targets
   * @param targetsOffset where they begin
   * @param ldt their leading dimension
   * @param loss takes one loss a row
   * @param lossOffset where they begin
   */
  void crossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset);

  /**
   * Computes each row's softmax cross-entropy with a row of target probabilities, and the gradient
   * (p − t) · scale with respect to the logits (targets that sum to 1 are taken for granted), in
   * one pass.
   *
   * @param rows number of rows
   * @param classes number of classes
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
  void backwardCrossEntropy(
      int rows,
      int classes,
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
   * Computes the softmax of each row of a whole matrix without gaps.
   *
   * @param rows number of rows
   * @param columns number of classes
   * @param x the logits
   * @param y takes the probabilities; may be x
   */
  default void softmax(int rows, int columns, float[] x, float[] y) {
    int ld = Math.max(1, columns);
    softmax(rows, columns, x, 0, ld, y, 0, ld);
  }

  /**
   * Computes the logarithm of the softmax of each row of a whole matrix without gaps.
   *
   * @param rows number of rows
   * @param columns number of classes
   * @param x the logits
   * @param y takes the log-probabilities; may be x
   */
  default void logSoftmax(int rows, int columns, float[] x, float[] y) {
    int ld = Math.max(1, columns);
    logSoftmax(rows, columns, x, 0, ld, y, 0, ld);
  }

  /**
   * Computes the softmax cross-entropy of each row of a whole matrix without gaps.
   *
   * @param rows number of rows
   * @param classes number of classes
   * @param x the logits
   * @param labels one class a row
   * @param loss takes one loss a row
   */
  default void crossEntropy(int rows, int classes, float[] x, int[] labels, float[] loss) {
    crossEntropy(rows, classes, x, 0, Math.max(1, classes), labels, 0, loss, 0);
  }
}
