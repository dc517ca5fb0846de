package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.Check;

/**
 * The sizes of a 2-D convolution: images NHWC, weights HWIO, as in Keras and TensorFlow.
 *
 * <p>Input {@code [batch][inHeight][inWidth][inChannels]}, weights {@code
 * [kernelHeight][kernelWidth][inChannels / groups][filters]}, bias {@code [filters]}, output {@code
 * [batch][outHeight][outWidth][filters]}. Filter f belongs to group f / (filters / groups) and sees
 * that group's inChannels / groups channels. Output pixel (oh, ow) reads the input rows {@code oh ·
 * strideHeight + kh · dilationHeight − padTop}, likewise the columns; what lies outside is +0.
 *
 * @param batch number of images, at least 0
 * @param inHeight rows of an input image
 * @param inWidth columns of an input image
 * @param inChannels channels of an input pixel
 * @param filters channels of an output pixel
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param strideHeight input rows from one output row to the next
 * @param strideWidth input columns from one output column to the next
 * @param dilationHeight input rows from one kernel row to the next
 * @param dilationWidth input columns from one kernel column to the next
 * @param padTop rows of zeros above the image
 * @param padBottom rows of zeros below the image
 * @param padLeft columns of zeros left of the image
 * @param padRight columns of zeros right of the image
 * @param groups number of groups; divides inChannels and filters
 */
public record Conv2dShape(
    int batch,
    int inHeight,
    int inWidth,
    int inChannels,
    int filters,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padBottom,
    int padLeft,
    int padRight,
    int groups) {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if a size is out of range, groups do not divide the channels,
   *     the kernel is larger than the padded image, a padded side has more than 2^31 − 1 pixels, or
   *     an array would need more than 2^31 − 1 elements
   */
  public Conv2dShape {
    Check.atLeast("batch", batch, 0);
    Check.atLeast("inHeight", inHeight, 1);
    Check.atLeast("inWidth", inWidth, 1);
    Check.atLeast("inChannels", inChannels, 1);
    Check.atLeast("filters", filters, 1);
    Check.atLeast("kernelHeight", kernelHeight, 1);
    Check.atLeast("kernelWidth", kernelWidth, 1);
    Check.atLeast("strideHeight", strideHeight, 1);
    Check.atLeast("strideWidth", strideWidth, 1);
    Check.atLeast("dilationHeight", dilationHeight, 1);
    Check.atLeast("dilationWidth", dilationWidth, 1);
    Check.atLeast("padTop", padTop, 0);
    Check.atLeast("padBottom", padBottom, 0);
    Check.atLeast("padLeft", padLeft, 0);
    Check.atLeast("padRight", padRight, 0);
    Check.atLeast("groups", groups, 1);
    if (inChannels % groups != 0 || filters % groups != 0) {
      throw new IllegalArgumentException(
          "groups is %s, but must divide both inChannels %s and filters %s"
              .formatted(groups, inChannels, filters));
    }
    Check.padded("height", inHeight, padTop, padBottom);
    Check.padded("width", inWidth, padLeft, padRight);
    Check.window("kernel", "height", inHeight, padTop, padBottom, kernelHeight, dilationHeight);
    Check.window("kernel", "width", inWidth, padLeft, padRight, kernelWidth, dilationWidth);
    Check.elements("the input", batch, inHeight, inWidth, inChannels);
    Check.elements("the weights", kernelHeight, kernelWidth, inChannels / groups, filters);
    Check.elements(
        "the output",
        batch,
        Check.positions(inHeight, padTop, padBottom, kernelHeight, dilationHeight, strideHeight),
        Check.positions(inWidth, padLeft, padRight, kernelWidth, dilationWidth, strideWidth),
        filters);
  }

  /**
   * A convolution with padding "valid", stride 1, no dilation and one group.
   *
   * @param batch number of images
   * @param inHeight rows of an input image
   * @param inWidth columns of an input image
   * @param inChannels channels of an input pixel
   * @param filters channels of an output pixel
   * @param kernelHeight rows of the kernel
   * @param kernelWidth columns of the kernel
   * @return the shape
   */
  public static Conv2dShape valid(
      int batch,
      int inHeight,
      int inWidth,
      int inChannels,
      int filters,
      int kernelHeight,
      int kernelWidth) {
    return new Conv2dShape(
        batch,
        inHeight,
        inWidth,
        inChannels,
        filters,
        kernelHeight,
        kernelWidth,
        1,
        1,
        1,
        1,
        0,
        0,
        0,
        0,
        1);
  }

  /**
   * A convolution with padding "same" as Keras and TensorFlow define it: ceil(in / stride) output
   * pixels, and of an odd total padding the smaller half at the top and left.
   *
   * @param batch number of images
   * @param inHeight rows of an input image
   * @param inWidth columns of an input image
   * @param inChannels channels of an input pixel
   * @param filters channels of an output pixel
   * @param kernelHeight rows of the kernel
   * @param kernelWidth columns of the kernel
   * @param strideHeight input rows from one output row to the next
   * @param strideWidth input columns from one output column to the next
   * @param dilationHeight input rows from one kernel row to the next
   * @param dilationWidth input columns from one kernel column to the next
   * @param groups number of groups
   * @return the shape
   */
  public static Conv2dShape same(
      int batch,
      int inHeight,
      int inWidth,
      int inChannels,
      int filters,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int dilationHeight,
      int dilationWidth,
      int groups) {
    int high = Check.samePadding(inHeight, kernelHeight, dilationHeight, strideHeight);
    int wide = Check.samePadding(inWidth, kernelWidth, dilationWidth, strideWidth);
    return new Conv2dShape(
        batch,
        inHeight,
        inWidth,
        inChannels,
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        high / 2,
        high - high / 2,
        wide / 2,
        wide - wide / 2,
        groups);
  }

  /**
   * Returns the rows of an output image.
   *
   * @return at least 1
   */
  public int outHeight() {
    return Check.positions(inHeight, padTop, padBottom, kernelHeight, dilationHeight, strideHeight);
  }

  /**
   * Returns the columns of an output image.
   *
   * @return at least 1
   */
  public int outWidth() {
    return Check.positions(inWidth, padLeft, padRight, kernelWidth, dilationWidth, strideWidth);
  }

  /**
   * Returns the number of elements of the input.
   *
   * @return batch · inHeight · inWidth · inChannels
   */
  public int inElements() {
    return batch * inHeight * inWidth * inChannels;
  }

  /**
   * Returns the number of elements of the weights.
   *
   * @return kernelHeight · kernelWidth · inChannels / groups · filters
   */
  public int weightElements() {
    return kernelHeight * kernelWidth * (inChannels / groups) * filters;
  }

  /**
   * Returns the number of elements of the output.
   *
   * @return batch · outHeight · outWidth · filters
   */
  public int outElements() {
    return batch * outHeight() * outWidth() * filters;
  }

  /**
   * Returns the same convolution for another number of images.
   *
   * @param images the new batch
   * @return the shape with {@code batch == images}
   */
  public Conv2dShape withBatch(int images) {
    return new Conv2dShape(
        images,
        inHeight,
        inWidth,
        inChannels,
        filters,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        dilationHeight,
        dilationWidth,
        padTop,
        padBottom,
        padLeft,
        padRight,
        groups);
  }
}
