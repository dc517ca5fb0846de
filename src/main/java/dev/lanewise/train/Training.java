package dev.lanewise.train;

import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.OptimizerState;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call of fit as its callbacks see it: what is trained, and the way to end it. */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class Training {
  private final Sequential model;
  private final OptimizerState optimizer;
  private final boolean validated;
  private final Supplier<@Nullable String> search;
  private final List<Callback> callbacks;
  private final Supplier<Checkpoint> taking;
  private final Thread thread = Thread.currentThread();
  private boolean stopping;
  private boolean betweenSteps;

  Training(
      Sequential model,
      OptimizerState optimizer,
      boolean validated,
      List<Callback> callbacks,
      Supplier<@Nullable String> search,
      Supplier<Checkpoint> taking) {
    this.model = model;
    this.optimizer = optimizer;
    this.validated = validated;
    this.callbacks = callbacks;
    this.search = search;
    this.taking = taking;
  }

  /**
   * Returns the model.
   *
   * @return the model itself, whose weights change from step to step
   */
  public Sequential model() {
    return model;
  }

  /**
   * Returns the optimizer's state.
   *
   * @return the state itself
   */
  public OptimizerState optimizer() {
    return optimizer;
  }

  /**
   * Returns whether each epoch ends with a validation.
   *
   * @return whether fit was given validation data
   */
  public boolean isValidated() {
    return validated;
  }

  /**
   * Ends the training (Keras's {@code model.stop_training = True}): after the epoch if called at
   * its end, else after the step, whose epoch then ends early, with validation.
   */
  public void stop() {
    stopping = true;
  }

  /**
   * Returns whether a callback has asked for the training's end.
   *
   * @return whether {@link #stop} was called
   */
  public boolean isStopping() {
    return stopping;
  }

  /**
   * Finds the first tensor, in topological order, that is not finite in the step under way: an
   * image, a weight or what an operation made of them. The forward pass is computed again, with
   * every value kept, so this takes time and memory. To be called from {@link Callback#onLoss}
   * only: later the weights are no longer those of the step.
   *
   * @return its name, shape and first such element in words, or null if all are finite
   */
  public @Nullable String firstNotFinite() {
    return search.get();
  }

  /**
   * Takes a checkpoint. To be called from {@link Callback#onBatchEnd} only. Its tensors are the
   * arrays of weights and optimizer themselves, which the next step changes.
   *
   * @return all that the steps to come depend on
   * @throws IllegalStateException if called within a step, outside of an epoch, or by another
   *     thread than the one that trains
   */
  public Checkpoint checkpoint() {
    if (!thread.equals(Thread.currentThread()) || !betweenSteps) {
      throw new IllegalStateException(
          "a checkpoint can be taken between two steps only, by the thread that trains");
    }
    return taking.get();
  }

  void setBetweenSteps(boolean between) {
    betweenSteps = between;
  }

  /** Refuses callbacks whose work in a resumed training would depend on what was forgotten. */
  void checkNothingElseRemembers() {
    for (Callback callback : callbacks) {
      if (callback.remembersEpochs()) {
        throw new IllegalArgumentException(
            "a checkpoint does not keep what "
                + callback.getClass().getSimpleName()
                + " remembers of past epochs, so that a resumed training would be another one");
      }
    }
  }
}
