package dev.lanewise.optim;

import org.jspecify.annotations.Nullable;

/**
 * Cosine decay (I. Loshchilov and F. Hutter, 2016) after an optional linear warm-up: lr·((1 −
 * α)·½·(1 + cos πp) + α) with p = min(step, decaySteps) / decaySteps.
 *
 * <p>With a {@code warmupTarget}, the first warmupSteps steps go from lr to the target in a
 * straight line; the decay follows, from the target, its steps counted from there.
 *
 * @param initialLearningRate lr; with a warm-up what it begins with
 * @param decaySteps how many steps the decay takes
 * @param alpha the share of the rate that is left at the end, 0 by default
 * @param warmupTarget where the warm-up leads; null (the default) if there is none
 * @param warmupSteps how many steps the warm-up takes, 0 by default
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public record CosineDecay(
    double initialLearningRate,
    long decaySteps,
    double alpha,
    @Nullable Double warmupTarget,
    long warmupSteps)
    implements Schedule {
  /**
   * Checks the arguments.
   *
   * @throws IllegalArgumentException if decaySteps is below 1, warmupSteps below 0, or another
   *     number is negative or not finite
   */
  public CosineDecay {
    Hyper.atLeastZero("initial_learning_rate", initialLearningRate);
    Hyper.atLeastOne("decay_steps", decaySteps);
    Hyper.atLeastZero("alpha", alpha);
    if (warmupTarget != null) {
      Hyper.atLeastZero("warmup_target", warmupTarget);
    }
    if (warmupSteps < 0) {
      throw new IllegalArgumentException(
          "the warmup_steps is " + warmupSteps + ", but must be at least 0");
    }
  }

  /**
   * Cosine decay to 0 without warm-up.
   *
   * @param initialLearningRate lr
   * @param decaySteps how many steps the decay takes
   */
  public CosineDecay(double initialLearningRate, long decaySteps) {
    this(initialLearningRate, decaySteps, 0, null, 0);
  }

  @Override
  public double at(long step) {
    Double target = warmupTarget;
    if (target == null) {
      return decayed(initialLearningRate, step);
    }
    if (step < warmupSteps) {
      return (target - initialLearningRate) * ((double) step / warmupSteps) + initialLearningRate;
    }
    return decayed(target, step - warmupSteps);
  }

  private double decayed(double from, long step) {
    double p = (double) Math.min(step, decaySteps) / decaySteps;
    return from * ((1 - alpha) * (0.5 * (1 + Cosine.ofHalfTurn(p))) + alpha);
  }
}
