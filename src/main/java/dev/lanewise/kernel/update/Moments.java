package dev.lanewise.kernel.update;

/**
 * How running means of gradients and of their squares are kept: the constants of {@link
 * Update#adam} and its relatives, made once.
 *
 * @param beta1 the share of the old mean that stays
 * @param oneMinusBeta1 1 − beta1, rounded once
 * @param beta2 the share of the old mean square that stays
 * @param oneMinusBeta2 1 − beta2, rounded once
 * @param flushMean means closer to 0 become +0
 * @param flushSquare mean squares below become +0
 */
public record Moments(
    float beta1,
    float oneMinusBeta1,
    float beta2,
    float oneMinusBeta2,
    float flushMean,
    float flushSquare) {
  /**
   * Rounds the shares, and chooses the thresholds of the contract, or none if epsilon is 0: without
   * epsilon a flushed mean square would divide by zero where an unflushed one does not.
   *
   * @param beta1 the share of the old mean that stays
   * @param beta2 the share of the old mean square that stays
   * @param epsilon what keeps the kernel from dividing by zero
   * @return the constants
   */
  public static Moments of(double beta1, double beta2, double epsilon) {
    return of(beta1, beta2, (float) epsilon != 0);
  }

  /**
   * Rounds the shares; the thresholds are those of the contract.
   *
   * @param beta1 the share of the old mean that stays
   * @param beta2 the share of the old mean square that stays
   * @return the constants
   */
  public static Moments of(double beta1, double beta2) {
    return of(beta1, beta2, true);
  }

  private static Moments of(double beta1, double beta2, boolean flush) {
    return new Moments(
        (float) beta1,
        (float) (1 - beta1),
        (float) beta2,
        (float) (1 - beta2),
        flush ? Update.FLUSH_MEAN : 0,
        flush ? Update.FLUSH_SQUARE : 0);
  }
}
