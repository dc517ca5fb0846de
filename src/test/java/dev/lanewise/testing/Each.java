package dev.lanewise.testing;

import dev.lanewise.train.Callback;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Training;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Callbacks that do one thing. */
public final class Each {
  private Each() {}

  /** Does something after each step. */
  public static Callback batch(Consumer<Training> action) {
    return new Callback() {
      @Override
      public void onBatchEnd(Training training) {
        action.accept(training);
      }
    };
  }

  /** Does something within each step, once the loss is known and before the update. */
  public static Callback loss(Consumer<Training> action) {
    return new Callback() {
      @Override
      public void onLoss(Training training, double loss) {
        action.accept(training);
      }
    };
  }

  /** Does something after each epoch. */
  public static Callback epoch(BiConsumer<Training, EpochResult> action) {
    return new Callback() {
      @Override
      public void onEpochEnd(Training training, EpochResult result) {
        action.accept(training, result);
      }
    };
  }
}
