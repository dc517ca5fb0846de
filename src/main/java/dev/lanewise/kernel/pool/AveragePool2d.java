package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.Kernel;

/**
 * 2-D average-pooling of NHWC images, forward and backward. With windows as large as the image it
 * is global average-pooling.
 *
 * <p><b>Bits.</b> The real pixels of a window are added in ascending (kh, kw), from +0; then one
 * division by their count. Padding is no pixel: it is neither added nor counted (as in Keras, and
 * PyTorch with {@code count_include_pad=False}). Backward: each input element adds dy / count of
 * the windows that hold it in ascending (oh, ow), from +0, every quotient rounded before it is
 * added; an element that no window holds gets +0.
 *
 * <p><b>Aliasing.</b> The output must not share elements with the input.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if an array is
 * too short for the shape or the output overlaps the input.
 */
public interface AveragePool2d extends Kernel {
  /**
   * Computes y, the average of each window.
   *
   * @param shape the sizes
   * @param x holds the input images
   * @param xOffset where they begin
   * @param y takes the output images
   * @param yOffset where they begin
   */
  void forward(Pool2dShape shape, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Computes y of whole arrays.
   *
   * @param shape the sizes
   * @param x the input images
   * @param y takes the output images
   */
  default void forward(Pool2dShape shape, float[] x, float[] y) {
    forward(shape, x, 0, y, 0);
  }

  /**
   * Computes dx, the gradient with respect to the input.
   *
   * @param shape the sizes
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param dx takes the gradient with respect to the input; every element is written
   * @param dxOffset where it begins
   */
  void backward(Pool2dShape shape, float[] dy, int dyOffset, float[] dx, int dxOffset);
}
