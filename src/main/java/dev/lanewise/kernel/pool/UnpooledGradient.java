package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.support.Check;

/**
 * The gradient with respect to a max-pooling's input, from that with respect to its output and the
 * winners: what {@link MaxPool2d#backward} computes, in tiles of whole images. Rows are pixels,
 * columns channels. A consumer may compute straight from what it is made of.
 */
public final class UnpooledGradient implements TileSource {
  private final MaxPool2d kernel;
  private final Pool2dShape shape;
  private final Pool2dShape image;
  private final float[] dy;
  private final int dyOffset;
  private final int[] argmax;
  private final int argmaxOffset;

  /** See {@link MaxPool2d#unpooled}. */
  UnpooledGradient(
      MaxPool2d kernel,
      Pool2dShape shape,
      float[] dy,
      int dyOffset,
      int[] argmax,
      int argmaxOffset) {
    Check.given("shape", shape);
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("argmax", argmax, argmaxOffset, shape.outElements());
    this.kernel = kernel;
    this.shape = shape;
    image = shape.withBatch(1);
    this.dy = dy;
    this.dyOffset = dyOffset;
    this.argmax = argmax;
    this.argmaxOffset = argmaxOffset;
  }

  @Override
  public int rows() {
    return shape.batch() * rowMultiple();
  }

  @Override
  public int columns() {
    return shape.channels();
  }

  /** The pixels of an image. */
  @Override
  public int rowMultiple() {
    return shape.inHeight() * shape.inWidth();
  }

  @Override
  public void fill(float[] tile, int offset, int row, int rows) {
    int pixels = rowMultiple();
    int size = image.outElements();
    for (int n = row / pixels, to = offset; n < (row + rows) / pixels; n++) {
      kernel.backward(image, dy, dyOffset + n * size, argmax, argmaxOffset + n * size, tile, to);
      to += image.inElements();
    }
  }

  @Override
  public void checkApart(String name, float[] out, int offset, int elements) {
    Check.disjoint(name, out, offset, elements, "dy", dy, dyOffset, shape.outElements());
  }

  /**
   * Returns the pooling's sizes.
   *
   * @return as given
   */
  public Pool2dShape shape() {
    return shape;
  }

  /**
   * Returns the array that holds the gradient with respect to the pooling's output.
   *
   * @return as given
   */
  public float[] dy() {
    return dy;
  }

  /**
   * Returns where that gradient begins.
   *
   * @return as given
   */
  public int dyOffset() {
    return dyOffset;
  }

  /**
   * Returns the array that holds the winners.
   *
   * @return as given
   */
  public int[] argmax() {
    return argmax;
  }

  /**
   * Returns where the winners begin.
   *
   * @return as given
   */
  public int argmaxOffset() {
    return argmaxOffset;
  }
}
