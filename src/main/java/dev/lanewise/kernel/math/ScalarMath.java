package dev.lanewise.kernel.math;

import static dev.lanewise.kernel.math.ExpLog.*;

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
    float cut = x > EXP_LIMIT ? EXP_LIMIT : x;
    cut = cut < -EXP_LIMIT ? -EXP_LIMIT : cut;
    float rounded = Fma.fma(cut, LOG2_E, ROUNDER);
    float n = rounded - ROUNDER;
    float r = Fma.fma(n, -LN2, cut);
    r = Fma.fma(n, -LN2_REST, r);
    float p = Fma.fma(r, E6, E5);
    p = Fma.fma(p, r, E4);
    p = Fma.fma(p, r, E3);
    p = Fma.fma(p, r, E2);
    p = Fma.fma(p, r, 1f);
    p = Fma.fma(p, r, 1f);
    int exponent = Float.floatToRawIntBits(rounded) - ROUNDER_BITS;
    int half = exponent >> 1;
    return p * powerOfTwo(half) * powerOfTwo(exponent - half);
  }

  private static float powerOfTwo(int exponent) {
    return Float.intBitsToFloat((exponent + 127) << 23);
  }

  /**
   * Returns the natural logarithm of x, at most 0.931 ulp off.
   *
   * @param x the argument, subnormal numbers included
   * @return −∞ for ±0, NaN for a negative number or NaN, +∞ for +∞
   */
  public static float log(float x) {
    boolean small = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(small ? x * NORMALIZER : x) - ROOT_HALF_BITS;
    float e = (bits >> 23) - (small ? NORMALIZER_EXPONENT : 0);
    float f = Float.intBitsToFloat((bits & MANTISSA) + ROOT_HALF_BITS) - 1f;
    float p = Fma.fma(f, L10, L9);
    p = Fma.fma(p, f, L8);
    p = Fma.fma(p, f, L7);
    p = Fma.fma(p, f, L6);
    p = Fma.fma(p, f, L5);
    p = Fma.fma(p, f, L4);
    p = Fma.fma(p, f, L3);
    p = Fma.fma(p, f, -0.5f);
    float y = Fma.fma(f * f, p, f);
    y = Fma.fma(e, LN2_LOW, y);
    y = Fma.fma(e, LN2_HIGH, y);
    y = x == 0 ? Float.NEGATIVE_INFINITY : y;
    y = x < 0 ? Float.NaN : y;
    return x < Float.POSITIVE_INFINITY ? y : x; // +∞ and NaN return themselves
  }
}
