package dev.lanewise.optim;

/** The cosine of a share of half a turn, for schedules. */
final class Cosine {
  private Cosine() {}

  /**
   * Returns cos(πp) for p from 0 to 1: brought to an eighth of a turn, where StrictMath needs no
   * reduction, for which it would allocate an array at each call.
   */
  static double ofHalfTurn(double p) {
    if (p <= 0.25) {
      return StrictMath.cos(Math.PI * p);
    }
    return p < 0.75 ? StrictMath.sin(Math.PI * (0.5 - p)) : -StrictMath.cos(Math.PI * (1 - p));
  }
}
