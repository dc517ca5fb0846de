package dev.lanewise.kernel.math;

/**
 * The one fused multiply-add of all scalar code: a·b + c with a single rounding, as IEEE 754
 * defines it.
 *
 * <p>Where the processor has the instruction it is {@link Math#fma(float, float, float)}; elsewhere
 * an exact emulation in double, since Java's own emulation goes through BigDecimal and is some 600
 * times slower. Both return the same bits.
 */
public final class Fma {
  /** Whether {@link Math#fma(float, float, float)} is an instruction of this machine. */
  public static final boolean HARDWARE = Vm.isSet("UseFMA");

  private Fma() {}

  /**
   * Returns a·b + c, rounded once.
   *
   * @param a the first factor
   * @param b the second factor
   * @param c the summand
   * @return the float nearest to the exact a·b + c, ties to even; NaN if an argument is NaN, if a·b
   *     is 0·∞, or if infinities of different signs are added
   */
  public static float fma(float a, float b, float c) {
    return HARDWARE ? Math.fma(a, b, c) : emulate(a, b, c);
  }

  /**
   * The same number without the instruction: the product is exact in double, the sum is rounded to
   * odd (so that narrowing to float rounds as if from the exact sum; S. Boldo and G. Melquiond,
   * "Emulation of FMA and correctly rounded sums", 2008).
   */
  static float emulate(float a, float b, float c) {
    double product = (double) a * b;
    double sum = product + c;
    // Knuth's two-sum: error is exactly product + c - sum.
    double rest = sum - product;
    double error = (product - (sum - rest)) + (c - rest);
    if (error == 0 || !Double.isFinite(sum)) {
      return (float) sum;
    }
    long bits = Double.doubleToRawLongBits(sum);
    if ((bits & 1) == 0) {
      bits += (error > 0) == (sum > 0) ? 1 : -1;
    }
    return (float) Double.longBitsToDouble(bits);
  }
}
