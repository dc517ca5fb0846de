package dev.lanewise.optim;

/** A learning rate that may depend on the number of the update. */
@FunctionalInterface
public interface LearningRate {
  /**
   * Returns the learning rate of one update.
   *
   * @param step the update's number; the first is 0
   * @return the rate
   */
  double at(long step);

  /**
   * Returns a learning rate that never changes.
   *
   * @param rate finite and at least 0
   * @return the constant
   * @throws IllegalArgumentException if the rate is negative or not finite
   */
  static LearningRate constant(double rate) {
    return new Constant(rate);
  }

  /**
   * A learning rate that never changes.
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
      Hyper.atLeastZero("learning rate", rate);
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
