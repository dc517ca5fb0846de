package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.support.Check;

/**
 * The sizes of 2-D pooling over NHWC images.
 *
 * <p>Output pixel (oh, ow) looks at the input rows {@code oh · strideHeight + kh − padTop}, 0 ≤ kh
 * &lt; windowHeight, likewise the columns. What lies outside the image is padding, and padding is
 * never an element of a maximum or an average. Each window must hold at least one real pixel, so a
 * padding is smaller than the window.
 *
 * @param batch number of images, at least 0
 * @param inHeight rows of an input image
 * @param inWidth columns of an input image
 * @param channels channels of a pixel
 * @param windowHeight rows of the window
 * @param windowWidth columns of the window
 * @param strideHeight input rows from one window to the next
 * @param strideWidth input columns from one window to the next
 * @param padTop rows of padding above the image
 * @param padBottom rows of padding below the image
 * @param padLeft columns of padding left of the image
 * @param padRight columns of padding right of the image
 */
public record Pool2dShape(
    int batch,
    int inHeight,
    int inWidth,
    int channels,
    int windowHeight,
    int windowWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padBottom,
    int padLeft,
    int padRight) {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if a size is out of range, the window is larger than the
   *     padded image, a padding is not smaller than the window, or an array would need more than
   *     2^31 − 1 elements
   */
  public Pool2dShape {
    Check.atLeast("batch", batch, 0);
    Check.atLeast("inHeight", inHeight, 1);
    Check.atLeast("inWidth", inWidth, 1);
    Check.atLeast("channels", channels, 1);
    Check.atLeast("windowHeight", windowHeight, 1);
    Check.atLeast("windowWidth", windowWidth, 1);
    Check.atLeast("strideHeight", strideHeight, 1);
    Check.atLeast("strideWidth", strideWidth, 1);
    Check.padding("padTop", padTop, windowHeight);
    Check.padding("padBottom", padBottom, windowHeight);
    Check.padding("padLeft", padLeft, windowWidth);
    Check.padding("padRight", padRight, windowWidth);
    Check.padded("height", inHeight, padTop, padBottom);
    Check.padded("width", inWidth, padLeft, padRight);
    Check.window("window", "height", inHeight, padTop, padBottom, windowHeight, 1);
    Check.window("window", "width", inWidth, padLeft, padRight, windowWidth, 1);
    Check.elements("windowHeight times windowWidth", windowHeight, windowWidth);
    Check.elements("the input", batch, inHeight, inWidth, channels);
    Check.elements(
        "the output",
        batch,
        Check.positions(inHeight, padTop, padBottom, windowHeight, 1, strideHeight),
        Check.positions(inWidth, padLeft, padRight, windowWidth, 1, strideWidth),
        channels);
  }

  /**
   * Pooling with padding "valid": windows lie inside the image, left-over rows and columns are not
   * looked at.
   *
   * @param batch number of images
   * @param inHeight rows of an input image
   * @param inWidth columns of an input image
   * @param channels channels of a pixel
   * @param window rows and columns of the window
   * @param stride rows and columns from one window to the next
   * @return the shape
   */
  public static Pool2dShape valid(
      int batch, int inHeight, int inWidth, int channels, int window, int stride) {
    return new Pool2dShape(
        batch, inHeight, inWidth, channels, window, window, stride, stride, 0, 0, 0, 0);
  }

  /**
   * Pooling with padding "same" as Keras and TensorFlow define it: ceil(in / stride) windows, and
   * of an odd total padding the smaller half at the top and left.
   *
   * @param batch number of images
   * @param inHeight rows of an input image
   * @param inWidth columns of an input image
   * @param channels channels of a pixel
   * @param windowHeight rows of the window
   * @param windowWidth columns of the window
   * @param strideHeight rows from one window to the next
   * @param strideWidth columns from one window to the next
   * @return the shape
   */
  public static Pool2dShape same(
      int batch,
      int inHeight,
      int inWidth,
      int channels,
      int windowHeight,
      int windowWidth,
      int strideHeight,
      int strideWidth) {
    int high = Check.samePadding(inHeight, windowHeight, 1, strideHeight);
    int wide = Check.samePadding(inWidth, windowWidth, 1, strideWidth);
    return new Pool2dShape(
        batch,
        inHeight,
        inWidth,
        channels,
        windowHeight,
        windowWidth,
        strideHeight,
        strideWidth,
        high / 2,
        high - high / 2,
        wide / 2,
        wide - wide / 2);
  }

  /**
   * Returns the rows of an output image.
   *
   * @return at least 1
   */
  public int outHeight() {
    return Check.positions(inHeight, padTop, padBottom, windowHeight, 1, strideHeight);
  }

  /**
   * Returns the columns of an output image.
   *
   * @return at least 1
   */
  public int outWidth() {
    return Check.positions(inWidth, padLeft, padRight, windowWidth, 1, strideWidth);
  }

  /**
   * Returns the number of elements of the input.
   *
   * @return batch · inHeight · inWidth · channels
   */
  public int inElements() {
    return batch * inHeight * inWidth * channels;
  }

  /**
   * Returns the number of elements of the output.
   *
   * @return batch · outHeight · outWidth · channels
   */
  public int outElements() {
    return batch * outHeight() * outWidth() * channels;
  }

  /**
   * Returns whether a producer's tiles of whole image rows can be pooled one by one: no padding,
   * and no window reaches into the next window's rows.
   *
   * @return whether {@link MaxPool2d#tiles} accepts this shape
   */
  public boolean tileable() {
    return padTop == 0
        && padBottom == 0
        && padLeft == 0
        && padRight == 0
        && windowHeight <= strideHeight;
  }

  /**
   * Returns whether the windows are 2 × 2 with stride 2 and no padding.
   *
   * @return whether each window holds four pixels of its own
   */
  public boolean isTwoByTwo() {
    return windowHeight == 2
        && windowWidth == 2
        && strideHeight == 2
        && strideWidth == 2
        && padTop == 0
        && padBottom == 0
        && padLeft == 0
        && padRight == 0;
  }

  /**
   * Returns the same pooling for another number of images.
   *
   * @param images the new batch
   * @return the shape with {@code batch == images}
   */
  public Pool2dShape withBatch(int images) {
    return new Pool2dShape(
        images,
        inHeight,
        inWidth,
        channels,
        windowHeight,
        windowWidth,
        strideHeight,
        strideWidth,
        padTop,
        padBottom,
        padLeft,
        padRight);
  }
}
