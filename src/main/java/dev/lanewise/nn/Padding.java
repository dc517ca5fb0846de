package dev.lanewise.nn;

/** What lies around the image for a convolution or a pooling, as in Keras. */
public enum Padding {
  /** Nothing: windows lie inside the image. */
  VALID,
  /**
   * As much as gives ceil(size / stride) windows; of an odd total the smaller half top and left.
   */
  SAME
}
