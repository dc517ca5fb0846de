package dev.lanewise.graph.op;

import dev.lanewise.tensor.Shape;

/** Checks of NHWC image shapes. */
final class Images {
  private Images() {}

  /** Refuses a shape that is not (batch, height, width, channels) with these three sizes. */
  static void check(String op, Shape x, int height, int width, int channels) {
    if (x.rank() != 4 || x.dim(1) != height || x.dim(2) != width || x.dim(3) != channels) {
      throw new IllegalArgumentException(
          op
              + " takes images (batch, "
              + height
              + ", "
              + width
              + ", "
              + channels
              + "), but was given "
              + x);
    }
  }
}
