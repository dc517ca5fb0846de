package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.TileConsumer;
import org.jspecify.annotations.Nullable;

/**
 * 2-D max-pooling of NHWC images and its gradient. Index formulas stand at {@link Pool2dShape}; all
 * arrays are used without gaps from their offsets.
 *
 * <p><b>Bits.</b> A window's pixels (kh, kw) are visited ascending; the first real pixel is the
 * best, and a later pixel v replaces it if v &gt; best, or if v is NaN and best is not: the first
 * of equal maxima wins, and the first NaN. (So a window of −∞ gives −∞, and a window with a NaN
 * gives NaN, as in PyTorch.) The winner's place in the window, kh · windowWidth + kw, can be
 * recorded; the gradient needs it. Gradient: each input pixel gathers, windows (oh, ow) ascending,
 * from +0, the gradients of the windows that it won, by plain additions.
 *
 * <p><b>Aliasing.</b> Outputs must not share elements with inputs.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if an array is
 * too short for the shape or the output overlaps the input.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public interface MaxPool2d extends Kernel {
  /**
   * Computes y, the maximum of each window.
   *
   * @param shape the sizes
   * @param x holds the input images
   * @param xOffset where they begin
   * @param y takes the output images
   * @param yOffset where they begin
   * @param argmax takes the winner of each output element, or null if no gradient will be wanted
   * @param argmaxOffset where the winners begin
   */
  void forward(
      Pool2dShape shape,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int @Nullable [] argmax,
      int argmaxOffset);

  /**
   * Computes dx, the gradient with respect to the input.
   *
   * @param shape the sizes
   * @param dy holds the gradient with respect to the output
   * @param dyOffset where it begins
   * @param argmax holds the winners that {@link #forward} recorded
   * @param argmaxOffset where they begin
   * @param dx takes the gradient with respect to the input; every element is written
   * @param dxOffset where it begins
   */
  void backward(
      Pool2dShape shape,
      float[] dy,
      int dyOffset,
      int[] argmax,
      int argmaxOffset,
      float[] dx,
      int dxOffset);

  /**
   * Returns a consumer that pools a producer's tiles as they finish: what {@link #forward}
   * computes, without the producer's output ever being stored.
   *
   * <p>The producer's output is the pooling's input: its rows are input pixels, its columns
   * channels, and its tiles whole image rows of one image, a multiple of strideHeight · inWidth
   * pixels or up to the image's end.
   *
   * @param shape the sizes; must be {@linkplain Pool2dShape#tileable() tileable}
   * @param y takes the output images
   * @param yOffset where they begin
   * @param argmax takes the winner of each output element, or null if no gradient will be wanted
   * @param argmaxOffset where the winners begin
   * @param next takes each finished tile of y, in y: rows are output pixels; null for none. Its row
   *     multiple must be 1
   * @return the consumer, whose row multiple is strideHeight · inWidth
   * @throws IllegalArgumentException if the shape is not tileable or {@code next} has a row
   *     multiple
   */
  TileConsumer tiles(
      Pool2dShape shape,
      float[] y,
      int yOffset,
      int @Nullable [] argmax,
      int argmaxOffset,
      @Nullable TileConsumer next);

  /**
   * Returns the gradient with respect to the input as a source of tiles: what {@link #backward}
   * computes, without its ever being stored as a whole.
   *
   * @param shape the sizes
   * @param dy holds the gradient with respect to the output; read anew for every tile
   * @param dyOffset where it begins
   * @param argmax holds the winners that {@link #forward} recorded; read anew for every tile
   * @param argmaxOffset where they begin
   * @return the source, whose tiles are whole images
   */
  default UnpooledGradient unpooled(
      Pool2dShape shape, float[] dy, int dyOffset, int[] argmax, int argmaxOffset) {
    return new UnpooledGradient(this, shape, dy, dyOffset, argmax, argmaxOffset);
  }

  /**
   * Computes y, the maximum of each window, of whole arrays; no gradient will be wanted.
   *
   * @param shape the sizes
   * @param x the input images
   * @param y takes the output images
   */
  default void forward(Pool2dShape shape, float[] x, float[] y) {
    forward(shape, x, 0, y, 0, null, 0);
  }
}
