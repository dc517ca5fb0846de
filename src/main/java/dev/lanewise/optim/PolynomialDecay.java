package dev.lanewise.optim;

/**
 * Polynomial decay: (lr − end)·(1 − p)^power + end with p = min(step, decaySteps) / decaySteps.
 *
 * <p>With {@code cycle}, decaySteps is replaced by its first multiple that is not below the step
 * (at step 0 by itself), so that the rate jumps up after each decaySteps steps, less high each
 * time.
 *
 * @param initialLearningRate lr
 * @param decaySteps how many steps the decay takes
 * @param endLearningRate end, 1e-4 by default
 * @param power the polynomial's power, 1 by default
 * @param cycle whether the decay begins again, not by default
 */
public record PolynomialDecay(
    double initialLearningRate,
    long decaySteps,
    double endLearningRate,
    double power,
    boolean cycle)
    implements Schedule {
  /**
   * Checks the arguments.
   *
   * @throws IllegalArgumentException if decaySteps is below 1, or another number is negative or not
   *     finite
   */
  public PolynomialDecay {
    Hyper.atLeastZero("initial_learning_rate", initialLearningRate);
    Hyper.atLeastOne("decay_steps", decaySteps);
    Hyper.atLeastZero("end_learning_rate", endLearningRate);
    Hyper.atLeastZero("power", power);
  }

  /**
   * Linear decay to 1e-4.
   *
   * @param initialLearningRate lr
   * @param decaySteps how many steps the decay takes
   */
  public PolynomialDecay(double initialLearningRate, long decaySteps) {
    this(initialLearningRate, decaySteps, 1e-4, 1, false);
  }

  @Override
  public double at(long step) {
    long steps = cycle ? decaySteps * Math.max(1, Math.ceilDiv(step, decaySteps)) : decaySteps;
    double p = (double) Math.min(step, steps) / steps;
    return (initialLearningRate - endLearningRate) * Powers.of(1 - p, power) + endLearningRate;
  }
}
