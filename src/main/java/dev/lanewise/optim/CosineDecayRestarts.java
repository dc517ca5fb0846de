package dev.lanewise.optim;

/**
 * Cosine decay with warm restarts (I. Loshchilov and F. Hutter, 2016): lr·((1 − α)·½·mMulⁱ·(1 + cos
 * πp) + α), where i periods have ended and the share p of the period in hand is done.
 *
 * <p>The first period has firstDecaySteps steps, each further one tMul times those of the last. A
 * restart scales the cosine's part by mMul, not α. Where a period ends is found by adding up the
 * periods, not with logarithms, so that rounding does not move a restart.
 *
 * @param initialLearningRate lr
 * @param firstDecaySteps the steps of the first period
 * @param tMul how much longer each period is than the last, 2 by default
 * @param mMul what a restart multiplies the cosine's part by, 1 by default
 * @param alpha the share of the rate below which it does not fall, 0 by default
 */
public record CosineDecayRestarts(
    double initialLearningRate, long firstDecaySteps, double tMul, double mMul, double alpha)
    implements Schedule {
  /**
   * Checks the arguments.
   *
   * @throws IllegalArgumentException if firstDecaySteps or tMul is below 1, or another number is
   *     negative or not finite
   */
  public CosineDecayRestarts {
    Hyper.atLeastZero("initial_learning_rate", initialLearningRate);
    Hyper.atLeastOne("first_decay_steps", firstDecaySteps);
    if (!(tMul >= 1 && tMul <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "the t_mul is " + tMul + ", but must be finite and at least 1");
    }
    Hyper.atLeastZero("m_mul", mMul);
    Hyper.atLeastZero("alpha", alpha);
  }

  /**
   * Cosine decay to 0 with restarts at the full rate, each period twice as long as the last.
   *
   * @param initialLearningRate lr
   * @param firstDecaySteps the steps of the first period
   */
  public CosineDecayRestarts(double initialLearningRate, long firstDecaySteps) {
    this(initialLearningRate, firstDecaySteps, 2, 1, 0);
  }

  @Override
  public double at(long step) {
    double done = step;
    double length = firstDecaySteps;
    long restarts = 0;
    if (tMul == 1) {
      restarts = step / firstDecaySteps;
      done = step % firstDecaySteps;
    }
    while (done >= length) {
      done -= length;
      length *= tMul;
      restarts++;
    }
    double height = 0.5 * Powers.whole(mMul, restarts);
    double cosine = height * (1 + Cosine.ofHalfTurn(done / length));
    return initialLearningRate * ((1 - alpha) * cosine + alpha);
  }
}
