package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.pool.Pool2dShape;
import org.jspecify.annotations.Nullable;

/** Room for the gradient of a pooling's input, for calls that have no way without it. */
final class Spread {
  private float[] array = new float[0];
  private @Nullable Pool2dShape window;
  private @Nullable Conv2dShape pixels;

  float[] room(int elements) {
    if (array.length < elements) {
      array = new float[elements];
    }
    return array;
  }

  /** A convolution whose output is the pooling's input: what a bias gradient needs to know. */
  Conv2dShape pixels(Pool2dShape window) {
    Conv2dShape known = pixels;
    if (known == null || !window.equals(this.window)) {
      known =
          Conv2dShape.valid(
              window.batch(), window.inHeight(), window.inWidth(), 1, window.channels(), 1, 1);
      pixels = known;
      this.window = window;
    }
    return known;
  }
}
