package dev.lanewise.train;

import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.support.Check;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Options of a training.
 *
 * @param epochs number of passes over the data, at least 1
 * @param batchSize images a step, at least 1; the last step of an epoch takes what is left
 * @param shuffle whether each epoch has an order of its own, drawn from the trainer's seed
 * @param validation what to evaluate on after each epoch, or null
 * @param callbacks who is told
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public record FitOptions(
    int epochs,
    int batchSize,
    boolean shuffle,
    @Nullable Dataset validation,
    List<Callback> callbacks) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if epochs or batchSize is below 1
   */
  public FitOptions {
    Check.atLeast("epochs", epochs, 1);
    Check.atLeast("batchSize", batchSize, 1);
    callbacks = List.copyOf(callbacks);
  }

  /**
   * Shuffled fitting without validation or callbacks.
   *
   * @param epochs number of passes over the data
   * @param batchSize images a step
   */
  public FitOptions(int epochs, int batchSize) {
    this(epochs, batchSize, true, null, List.of());
  }

  /**
   * Returns the same options with validation data.
   *
   * @param data what to evaluate on after each epoch
   * @return new options
   */
  public FitOptions withValidation(Dataset data) {
    return new FitOptions(epochs, batchSize, shuffle, data, callbacks);
  }

  /**
   * Returns the same options with one more callback.
   *
   * @param callback who else is told
   * @return new options
   */
  public FitOptions withCallback(Callback callback) {
    List<Callback> all = new ArrayList<>(callbacks);
    all.add(callback);
    return new FitOptions(epochs, batchSize, shuffle, validation, all);
  }
}
