package dev.lanewise.optim;

/**
 * Inverse time decay: lr / (1 + r·p) with p = step / decaySteps.
 *
 * @param initialLearningRate lr
 * @param decaySteps in how many steps the divisor grows by r
 * @param decayRate r
 * @param staircase whether p is rounded down, so that the rate falls in stairs; not by default
 */
public record InverseTimeDecay(
    double initialLearningRate, long decaySteps, double decayRate, boolean staircase)
    implements Schedule {
  /**
   * Checks the arguments.
   *
   * @throws IllegalArgumentException if decaySteps is below 1, or a rate is negative or not finite
   */
  public InverseTimeDecay {
    Hyper.atLeastZero("initial_learning_rate", initialLearningRate);
    Hyper.atLeastOne("decay_steps", decaySteps);
    Hyper.atLeastZero("decay_rate", decayRate);
  }

  /**
   * Inverse time decay without stairs.
   *
   * @param initialLearningRate lr
   * @param decaySteps in how many steps the divisor grows by r
   * @param decayRate r
   */
  public InverseTimeDecay(double initialLearningRate, long decaySteps, double decayRate) {
    this(initialLearningRate, decaySteps, decayRate, false);
  }

  @Override
  public double at(long step) {
    double p = (double) step / decaySteps;
    return initialLearningRate / (1 + decayRate * (staircase ? Math.floor(p) : p));
  }
}
