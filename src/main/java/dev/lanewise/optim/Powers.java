package dev.lanewise.optim;

/** Powers, and a cosine, for the scalars of a step. */
final class Powers {
  private Powers() {}

  /**
   * Returns base to a whole power, by repeated squaring in double: the same bits on every machine,
   * within some ulp of the exact power, and without the arrays that StrictMath.pow allocates at
   * each call.
   */
  static double whole(double base, long exponent) {
    double result = 1;
    double square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  /**
   * Returns base to any power that is not negative: the whole part by {@link #whole}, times
   * exp(f·log base) for the fraction f that is left; some ulp from exact.
   *
   * @param base at least 0
   * @param exponent at least 0
   */
  static double of(double base, double exponent) {
    double floor = Math.floor(exponent);
    double rest = exponent - floor;
    double power = whole(base, (long) floor);
    return rest == 0 ? power : power * StrictMath.exp(rest * StrictMath.log(base));
  }

  /**
   * Returns cos(πp) for p from 0 to 1: brought to an eighth of a turn, where StrictMath needs no
   * reduction, for which it would allocate an array at each call.
   */
  static double cosineOfHalfTurn(double p) {
    if (p <= 0.25) {
      return StrictMath.cos(Math.PI * p);
    }
    return p < 0.75 ? StrictMath.sin(Math.PI * (0.5 - p)) : -StrictMath.cos(Math.PI * (1 - p));
  }
}
