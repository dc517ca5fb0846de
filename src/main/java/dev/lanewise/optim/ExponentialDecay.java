package dev.lanewise.optim;

/**
 * Exponential decay: lr·rᵖ with p = step / decaySteps.
 *
 * @param initialLearningRate lr
 * @param decaySteps in how many steps the rate is multiplied by r once
 * @param decayRate r
 * @param staircase whether p is rounded down, so that the rate falls in stairs; not by default
 */
public record ExponentialDecay(
    double initialLearningRate, long decaySteps, double decayRate, boolean staircase)
    implements Schedule {
  /**
   * Checks the arguments.
   *
   * @throws IllegalArgumentException if decaySteps is below 1, or a rate is negative or not finite
   */
  public ExponentialDecay {
    Hyper.atLeastZero("initial_learning_rate", initialLearningRate);
    Hyper.atLeastOne("decay_steps", decaySteps);
    Hyper.atLeastZero("decay_rate", decayRate);
  }

  /**
   * Exponential decay without stairs.
   *
   * @param initialLearningRate lr
   * @param decaySteps in how many steps the rate is multiplied by r once
   * @param decayRate r
   */
  public ExponentialDecay(double initialLearningRate, long decaySteps, double decayRate) {
    this(initialLearningRate, decaySteps, decayRate, false);
  }

  @Override
  public double at(long step) {
    double p = (double) step / decaySteps;
    return initialLearningRate * Powers.of(decayRate, staircase ? Math.floor(p) : p);
  }
}
