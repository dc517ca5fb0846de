package dev.lanewise.train.callback;

import dev.lanewise.train.Callback;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Training;
import dev.lanewise.train.callback.Metric.Better;
import org.jspecify.annotations.Nullable;

/**
 * A callback that watches a metric: the best value so far, and the rule by which another one is
 * better. NaN never is.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
abstract class Monitoring<C extends Monitoring<C>> implements Callback {
  private Metric monitor = Metric.VAL_LOSS;
  private @Nullable Better mode;
  private double minDelta;
  private Better better = Better.LOWER;
  private double best;

  /** This callback, for its setters to return. */
  @SuppressWarnings("unchecked") // C is the class itself
  private C self() {
    return (C) this;
  }

  /**
   * Sets what is watched.
   *
   * @param metric val_loss by default
   * @return this
   */
  public C monitor(Metric metric) {
    monitor = metric;
    return self();
  }

  /**
   * Sets which values are better.
   *
   * @param direction by default the metric's own (Keras's "auto")
   * @return this
   */
  public C mode(Better direction) {
    mode = direction;
    return self();
  }

  /** By how much a value must be better than the best to be an improvement. */
  void improvesBy(double amount) {
    minDelta = atLeastZero("minDelta", amount);
  }

  /** Begins to watch a training; refuses one without the validation that the metric is of. */
  void watch(Training training) {
    monitor.check(getClass().getSimpleName(), training);
    Better direction = mode;
    better = direction == null ? monitor.better() : direction;
    best = better == Better.LOWER ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }

  /** Begins with a value that is to be beaten. */
  void beat(double start) {
    best = start;
  }

  /** Whether an epoch's value is better than another by more than minDelta. */
  boolean improves(EpochResult result, double reference) {
    double value = monitor.of(result);
    return better == Better.LOWER ? value + minDelta < reference : value - minDelta > reference;
  }

  /** Takes an epoch's value if it is better than the best so far, and says whether it was. */
  boolean take(EpochResult result) {
    boolean improves = improves(result, best);
    if (improves) {
      best = monitor.of(result);
    }
    return improves;
  }

  /** Refuses an amount that is negative or not finite. */
  static double atLeastZero(String name, double amount) {
    if (!(amount >= 0 && amount < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + " is " + amount + ", but must be finite and at least 0");
    }
    return amount;
  }
}
