package dev.lanewise.kernel.math;

/**
 * Our own exp and log: the numbers that every kernel, scalar or SIMD, returns to the bit.
 *
 * <p>Neither {@link Math} nor the Vector API promises the bits of these functions. See {@link
 * ExpLog} for the method.
 */
public final class ScalarMath {
  private ScalarMath() {}

  /**
   * Returns e to the power x, at most 0.892 ulp off.
   *
   * @param x the exponent
   * @return +∞ for x above 88.722839, rounded once where subnormal, +0 for x below −103.97, NaN for
   *     NaN
   */
  public static float exp(float x) {
    return ExpLog.exp(x);
  }

  /**
   * Returns the natural logarithm of x, at most 0.931 ulp off.
   *
   * @param x the argument, subnormal numbers included
   * @return −∞ for ±0, NaN for a negative number or NaN, +∞ for +∞
   */
  public static float log(float x) {
    return ExpLog.log(x);
  }
}
