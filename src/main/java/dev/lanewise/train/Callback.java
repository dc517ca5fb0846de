package dev.lanewise.train;

/**
 * Is told of a training's progress, on the thread that trains; its time counts as training time.
 */
public interface Callback {
  /**
   * Called before an epoch's first step.
   *
   * @param progress the epoch about to begin
   */
  default void onEpochBegin(Progress progress) {}

  /**
   * Called after each step.
   *
   * @param progress the epoch so far
   */
  default void onBatchEnd(Progress progress) {}

  /**
   * Called after each epoch and its validation.
   *
   * @param progress the whole epoch
   * @param result what it gave
   */
  default void onEpochEnd(Progress progress, EpochResult result) {}
}
