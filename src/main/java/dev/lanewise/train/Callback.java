package dev.lanewise.train;

/**
 * Is told of a training's progress, on the thread that trains; its time counts as training time.
 */
public interface Callback {
  /**
   * Called when fitting begins, before the first epoch.
   *
   * @param training the call of fit
   * @throws IllegalArgumentException if the callback cannot do its work in this training; nothing
   *     has been trained then
   */
  default void onTrainBegin(Training training) {}

  /**
   * Called before an epoch's first step.
   *
   * @param training the call of fit, with the epoch about to begin
   */
  default void onEpochBegin(Training training) {}

  /**
   * Called within each step, when the batch's loss is known and before any weight has changed. If a
   * callback stops the training here, the step changes none.
   *
   * @param training the call of fit, with the epoch so far, without this step
   * @param loss the batch's mean loss
   */
  default void onLoss(Training training, double loss) {}

  /**
   * Called after each step.
   *
   * @param training the call of fit, with the epoch so far
   */
  default void onBatchEnd(Training training) {}

  /**
   * Called after each epoch and its validation.
   *
   * @param training the call of fit, with the whole epoch
   * @param result what it gave
   */
  default void onEpochEnd(Training training, EpochResult result) {}

  /**
   * Called when fitting ends, after the last epoch, also if the training was stopped.
   *
   * @param training the call of fit
   */
  default void onTrainEnd(Training training) {}

  /**
   * Returns whether what this callback does depends on epochs that lie behind, of which a {@link
   * Checkpoint} keeps nothing.
   *
   * @return false unless overridden; then it cannot be used together with {@link
   *     dev.lanewise.train.callback.Checkpoints}
   */
  default boolean remembersEpochs() {
    return false;
  }
}
