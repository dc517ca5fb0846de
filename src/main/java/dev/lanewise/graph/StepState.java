package dev.lanewise.graph;

import dev.lanewise.kernel.math.CounterRandom;

/**
 * What changes from one training step to the next: the seed and number that random keys come from.
 */
public final class StepState {
  private final long seed;
  private long step;

  /**
   * Makes the state of a run's first step, number 0.
   *
   * @param seed the run's seed
   */
  public StepState(long seed) {
    this.seed = seed;
  }

  /**
   * Returns the run's seed.
   *
   * @return as given
   */
  public long seed() {
    return seed;
  }

  /**
   * Returns the number of the step that runs next.
   *
   * @return from 0
   */
  public long step() {
    return step;
  }

  /**
   * Sets the number of the step that runs next.
   *
   * @param number from 0
   */
  public void setStep(long number) {
    step = number;
  }

  /**
   * Returns the random key of one stream at this step.
   *
   * @param stream which consumer of random numbers
   * @return a key for {@link CounterRandom#bits}
   */
  public long key(int stream) {
    return CounterRandom.key(seed, stream, step);
  }
}
