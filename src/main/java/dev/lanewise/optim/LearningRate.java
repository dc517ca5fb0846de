package dev.lanewise.optim;

/**
 * A learning rate that may depend on the number of the step: a constant, one of the {@link
 * Schedule}s, or a function of one's own.
 */
@FunctionalInterface
public interface LearningRate {
  /**
   * Returns the learning rate of one step.
   *
   * @param step the step's number; the first is 0
   * @return the rate
   */
  double at(long step);

  /**
   * Returns a learning rate that never changes by itself.
   *
   * @param rate finite and at least 0
   * @return the constant
   * @throws IllegalArgumentException if the rate is negative or not finite
   */
  static LearningRate constant(double rate) {
    return new Constant(rate);
  }

  /**
   * A learning rate that never changes by itself; {@link OptimizerState#setLearningRate} may set
   * another in its place.
   *
   * @param rate finite and at least 0
   */
  record Constant(double rate) implements LearningRate {
    /**
     * Checks the rate.
     *
     * @throws IllegalArgumentException if the rate is negative or not finite
     */
    public Constant {
      HyperChecks.atLeastZero("learning rate", rate);
    }

    @Override
    public double at(long step) {
      return rate;
    }

    @Override
    public String toString() {
      return Double.toString(rate);
    }
  }
}
