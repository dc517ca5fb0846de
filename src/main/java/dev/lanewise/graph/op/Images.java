package dev.lanewise.graph.op;

import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;

/** Shapes of NHWC images. */
final class Images {
  private Images() {}

  /** Refuses a shape that is not (batch, height, width, channels) with these three sizes. */
  static void check(String op, Shape x, int height, int width, int channels) {
    if (x.rank() != 4 || x.dim(1) != height || x.dim(2) != width || x.dim(3) != channels) {
      throw new IllegalArgumentException(
          "%s takes images (batch, %s, %s, %s), but was given %s"
              .formatted(op, height, width, channels, x));
    }
  }

  /** The shape of pooled images; refuses others than the window's. */
  static Shape pooled(String op, Shape x, Pool2dShape window) {
    check(op, x, window.inHeight(), window.inWidth(), window.channels());
    return Shape.of(x.dim(0), window.outHeight(), window.outWidth(), window.channels());
  }
}
