package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.TileSource;

/**
 * 2-D convolution (the cross-correlation that neural networks call by that name): forward and the
 * gradients of input, weights and bias. Layouts and index formulas stand at {@link Conv2dShape};
 * all arrays are read and written without gaps from their offsets.
 *
 * <p><b>Bits.</b> Forward: each output is one fma chain {@code acc = fma(pixel, weight, acc)} over
 * (kh, kw, channel), channel fastest, from +0; a tap outside the image is a term with pixel +0; no
 * term is skipped because a factor is zero. Backward-input gathers: one chain {@code acc =
 * fma(gradient, weight, acc)} over (kh, kw, filter), filter fastest, over the taps whose distance
 * is a multiple of the stride; where the output pixel lies outside, the gradient is +0.
 * Backward-weights: per image and output row one chain {@code acc = fma(pixel, gradient, acc)} over
 * the output columns ascending, from +0; an image's rows are added ascending; the images are folded
 * as a reduction folds its elements (image i in lane i mod 32, blocks of 4096). Backward-bias: the
 * same with plain additions of the gradients.
 *
 * <p>A bias is added to finished outputs, a rounding of its own: let {@link
 * dev.lanewise.kernel.pointwise.Activation#biasTiles} ride on {@link #forward(Conv2dShape, float[],
 * int, float[], int, float[], int, TileConsumer)}.
 *
 * <p><b>Aliasing.</b> The output must not share elements with an input.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if an array is
 * too short for the shape or the output overlaps an input.
 */
public interface Conv2d extends Kernel {
  /**
   * Computes y = x ∗ w.
   *
   * @param shape the sizes
   * @param x holds the input images
   * @param xOffset where they begin
   * @param w holds the weights
   * @param wOffset where they begin
   * @param y takes the output images
   * @param yOffset where they begin
   */
  default void forward(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
    forward(
        shape,
        x,
        xOffset,
        w,
        wOffset,
        y,
        yOffset,
        (tile, offset, ld, row, rows, column, columns) -> {});
  }

  /**
   * Computes y = x ∗ w and hands each finished tile of y, where it lies in y, to a consumer, which
   * may change it in place.
   *
   * @param shape the sizes
   * @param x holds the input images
   * @param xOffset where they begin
   * @param w holds the weights
   * @param wOffset where they begin
   * @param y takes the output images
   * @param yOffset where they begin
   * @param consumer takes the finished tiles: whole output rows of one image each
   */
  void forward(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float[] y,
      int yOffset,
      TileConsumer consumer);

  /**
   * Computes x ∗ w tile by tile in scratch memory and hands each finished tile to a consumer; the
   * output itself is written nowhere else.
   *
   * @param shape the sizes
   * @param x holds the input images
   * @param xOffset where they begin
   * @param w holds the weights
   * @param wOffset where they begin
   * @param consumer takes the finished tiles: whole output rows of one image each
   */
  void forwardTiles(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, TileConsumer consumer);

  /**
   * Computes dx, the gradient with respect to the input.
   *
   * @param shape the sizes
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param w holds the weights
   * @param wOffset where they begin
   * @param dx takes the gradient with respect to the input
   * @param dxOffset where it begins
   */
  void backwardInput(
      Conv2dShape shape,
      float[] dy,
      int dyOffset,
      float[] w,
      int wOffset,
      float[] dx,
      int dxOffset);

  /**
   * Computes dw, the gradient with respect to the weights, summed over the images.
   *
   * @param shape the sizes
   * @param x holds the input images
   * @param xOffset where they begin
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param dw takes the gradient with respect to the weights
   * @param dwOffset where it begins
   */
  void backwardWeights(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      float[] dw,
      int dwOffset);

  /**
   * Computes db, the gradient with respect to the bias, summed over images and pixels.
   *
   * @param shape the sizes
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param db takes the gradient with respect to the bias
   * @param dbOffset where it begins
   */
  void backwardBias(Conv2dShape shape, float[] dy, int dyOffset, float[] db, int dbOffset);

  /**
   * Computes dw from a gradient that is made tile by tile: what {@link #backwardWeights} computes
   * of the whole gradient, bit for bit.
   *
   * @param shape the sizes
   * @param x holds the input images
   * @param xOffset where they begin
   * @param dy makes the gradient with respect to the output, a row a pixel and a column a filter;
   *     must not read what is written
   * @param dw takes the gradient with respect to the weights
   * @param dwOffset where it begins
   */
  void backwardWeights(
      Conv2dShape shape, float[] x, int xOffset, TileSource dy, float[] dw, int dwOffset);

  /**
   * Computes db from a gradient that is made tile by tile: what {@link #backwardBias} computes of
   * the whole gradient, bit for bit.
   *
   * @param shape the sizes
   * @param dy makes the gradient with respect to the output, a row a pixel and a column a filter;
   *     must not read what is written
   * @param db takes the gradient with respect to the bias
   * @param dbOffset where it begins
   */
  void backwardBias(Conv2dShape shape, TileSource dy, float[] db, int dbOffset);

  /**
   * Computes y = x ∗ w of whole arrays.
   *
   * @param shape the sizes
   * @param x the input images
   * @param w the weights
   * @param y takes the output images
   */
  default void forward(Conv2dShape shape, float[] x, float[] w, float[] y) {
    forward(shape, x, 0, w, 0, y, 0);
  }

  /**
   * Computes dx of whole arrays.
   *
   * @param shape the sizes
   * @param dy the gradient with respect to the output
   * @param w the weights
   * @param dx takes the gradient with respect to the input
   */
  default void backwardInput(Conv2dShape shape, float[] dy, float[] w, float[] dx) {
    backwardInput(shape, dy, 0, w, 0, dx, 0);
  }

  /**
   * Computes dw of whole arrays.
   *
   * @param shape the sizes
   * @param x the input images
   * @param dy the gradient with respect to the output
   * @param dw takes the gradient with respect to the weights
   */
  default void backwardWeights(Conv2dShape shape, float[] x, float[] dy, float[] dw) {
    backwardWeights(shape, x, 0, dy, 0, dw, 0);
  }
}
