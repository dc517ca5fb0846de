package dev.lanewise.kernel.math;

/**
 * Our own exp and log: the numbers that every kernel, scalar or SIMD, returns to the bit, and the
 * constants that their vector form shares.
 *
 * <p>Neither {@link Math} nor the Vector API promises the bits of these functions.
 *
 * <p><b>exp.</b> n = x · log2(e) rounded to an integer, r = x − n·ln 2 in two steps, exp(r) by a
 * polynomial of degree 6, times 2^n as two powers of two, so that only the last multiplication
 * rounds where the result is subnormal. <b>log.</b> x = 2^e · m with m from √½ to √2, f = m − 1,
 * log(1 + f) = f − f²/2 + f³·P(f) with P of degree 7, plus e·ln 2 in two steps. The coefficients
 * are minimax, for relative error, with the rounding of the lower ones to float taken into account
 * by the higher ones. Over all floats the largest errors are 0.892 ulp for exp and 0.931 ulp for
 * log.
 */
public final class ExpLog {
  /** exp of more is +∞: arguments are cut here, which keeps 2^n inside the range of two factors. */
  public static final float EXP_LIMIT = 104f;

  /** The float nearest to log2(e). */
  public static final float LOG2_E = 0x1.715476p0f;

  /**
   * 1.5 · 2^23 + 2 · 127: adding it rounds a small float to an integer n, and leaves n plus twice
   * the bias of an exponent in the lowest bits: half of them, shifted up, is a power of two.
   */
  public static final float ROUNDER = 0x1.8p23f + 254;

  /** The float nearest to ln 2: the first step of exp's reduction. */
  public static final float LN2 = 0x1.62e43p-1f;

  /** ln 2 − {@link #LN2}: the second step. */
  public static final float LN2_REST = -0x1.05c61p-29f;

  /** exp's coefficient of r². */
  public static final float E2 = 0x1.fffffcp-2f;

  /** exp's coefficient of r³. */
  public static final float E3 = 0x1.555494p-3f;

  /** exp's coefficient of r⁴. */
  public static final float E4 = 0x1.5558bep-5f;

  /** exp's coefficient of r⁵. */
  public static final float E5 = 0x1.123856p-7f;

  /** exp's coefficient of r⁶. */
  public static final float E6 = 0x1.6a3d04p-10f;

  /** The factor that makes a subnormal argument of log normal. */
  public static final float NORMALIZER = 0x1p23f;

  /** The exponent of {@link #NORMALIZER}. */
  public static final int NORMALIZER_EXPONENT = 23;

  /** The bits of the float nearest to √½. */
  public static final int ROOT_HALF_BITS = 0x3f3504f3;

  /** Where a float's exponent begins. */
  public static final int EXPONENT_SHIFT = 23;

  /** A float's bits below the exponent. */
  public static final int MANTISSA = 0x7fffff;

  /** ln 2 to 16 bits, so that its product with an exponent is exact. */
  public static final float LN2_HIGH = 0x1.62e4p-1f;

  /** ln 2 − {@link #LN2_HIGH}. */
  public static final float LN2_LOW = 0x1.7f7d1cp-20f;

  /** log's coefficient of f³. */
  public static final float L3 = 0x1.555554p-2f;

  /** log's coefficient of f⁴. */
  public static final float L4 = -0x1.000226p-2f;

  /** log's coefficient of f⁵. */
  public static final float L5 = 0x1.99a01cp-3f;

  /** log's coefficient of f⁶. */
  public static final float L6 = -0x1.54728ap-3f;

  /** log's coefficient of f⁷. */
  public static final float L7 = 0x1.22d92ep-3f;

  /** log's coefficient of f⁸. */
  public static final float L8 = -0x1.0d8242p-3f;

  /** log's coefficient of f⁹. */
  public static final float L9 = 0x1.055ec6p-3f;

  /** log's coefficient of f¹⁰. */
  public static final float L10 = -0x1.38c9dep-4f;

  private ExpLog() {}

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
    int exponents = Float.floatToRawIntBits(rounded);
    int half = exponents >> 1;
    return p * powerOfTwo(half) * powerOfTwo(exponents - half);
  }

  /** 2^n where n + 127 stands in the lowest 9 bits. */
  private static float powerOfTwo(int biased) {
    return Float.intBitsToFloat(biased << EXPONENT_SHIFT);
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
    float e = (bits >> EXPONENT_SHIFT) - (small ? NORMALIZER_EXPONENT : 0);
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
