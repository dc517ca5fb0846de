package dev.lanewise.kernel.support;

/** Common divisors and multiples of positive sizes. */
public final class Multiples {
  private Multiples() {}

  /** The greatest common divisor. */
  public static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }

  /** The least common multiple, which can be too large for an int. */
  public static long leastCommonMultiple(int a, int b) {
    return (long) (a / greatestCommonDivisor(a, b)) * b;
  }
}
