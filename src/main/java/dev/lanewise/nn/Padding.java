package dev.lanewise.nn;

import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;

/** What lies around the image for a convolution or a pooling, as in Keras. */
public enum Padding {
  /** Nothing: windows lie inside the image. */
  VALID,
  /**
   * As much as gives ceil(size / stride) windows; of an odd total the smaller half top and left.
   */
  SAME;

  /** The sizes of a pooling over one image; refuses what is none. */
  Pool2dShape windows(
      String layer, Shape image, int height, int width, int strideHeight, int strideWidth) {
    image(layer, image);
    int rows = image.dim(0);
    int columns = image.dim(1);
    int channels = image.dim(2);
    return this == SAME
        ? Pool2dShape.same(1, rows, columns, channels, height, width, strideHeight, strideWidth)
        : new Pool2dShape(
            1, rows, columns, channels, height, width, strideHeight, strideWidth, 0, 0, 0, 0);
  }

  /** Refuses a shape that is not that of an image. */
  static void image(String layer, Shape input) {
    if (input.rank() != 3) {
      throw new IllegalArgumentException(
          layer + " takes images (height, width, channels), but was given " + input);
    }
  }
}
