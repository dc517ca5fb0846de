package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.Kernel;

/**
 * Inverted dropout with a counter-based generator: an element's fate depends on its key and index
 * alone, so nothing is stored for the backward pass and any thread may compute any stretch.
 *
 * <p><b>Bits.</b> Element i is kept iff {@code Integer.toUnsignedLong(CounterRandom.bits(key,
 * firstIndex + i)) >= (long) (rate * 0x1p32)}. Then y = keep ? x · (float) (1 / (1 − rate)) : +0, a
 * select, so a dropped NaN or infinity is gone. Rate 0 copies the input bit for bit; rate 1 gives
 * +0 everywhere. The gradient is the same select applied to dy.
 *
 * <p><b>Aliasing.</b> The output may be the very same stretch as the input; any other overlap is
 * refused.
 *
 * <p>Throws {@link IllegalArgumentException}, before anything is written, if the rate is not from 0
 * to 1, a size or index is negative, {@code firstIndex + n} overflows an int, a stretch leaves its
 * array, or the output overlaps the input partly.
 */
public interface Dropout extends Kernel {
  /**
   * Drops each element with the given probability and scales the others, forward or backward.
   *
   * @param n number of elements
   * @param rate the probability of being dropped, from 0 to 1
   * @param key a key from {@link dev.lanewise.kernel.math.CounterRandom#key}
   * @param firstIndex the index of the first element: its position in the batch · elements an image
   *     + its channels-last index in the image
   * @param x holds the input (forward) or the gradient with respect to the output (backward)
   * @param xOffset where it begins
   * @param y takes the output, or the gradient with respect to the input
   * @param yOffset where it begins
   */
  void apply(
      int n, double rate, long key, int firstIndex, float[] x, int xOffset, float[] y, int yOffset);

  /**
   * Returns what kept elements are multiplied by: 1 / (1 − rate), in double, rounded once.
   *
   * @param rate the probability of being dropped, from 0 to 1
   * @return at least 1; infinite for 1
   */
  static float scale(double rate) {
    return (float) (1 / (1 - rate));
  }
}
