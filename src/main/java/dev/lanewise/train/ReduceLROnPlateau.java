package dev.lanewise.train;

import dev.lanewise.optim.OptimizerState;
import dev.lanewise.train.Metric.Better;
import org.jspecify.annotations.Nullable;

/**
 * Lowers the learning rate when a metric no longer gets better (Keras's ReduceLROnPlateau, with its
 * arguments and defaults): after {@code patience} epochs without improvement it becomes
 * max(factor·lr, minLr), and the next {@code cooldown} epochs are not counted.
 *
 * <p>One callback watches one training at a time; the next call of fit begins afresh, with the
 * learning rate as it then is.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class ReduceLROnPlateau implements Callback {
  private Metric monitor = Metric.VAL_LOSS;
  private double factor = 0.1;
  private int patience = 10;
  private @Nullable Better mode;
  private double minDelta = 1e-4;
  private int cooldown;
  private double minLr;

  private @Nullable OptimizerState optimizer;
  private Best best = new Best(Better.LOWER, 0);
  private int wait;
  private int coolingDown;

  /** Monitors val_loss; factor 0.1, patience 10, minDelta 1e-4, cooldown 0, minLr 0. */
  public ReduceLROnPlateau() {}

  /**
   * Sets what is watched.
   *
   * @param metric val_loss by default
   * @return this
   */
  public ReduceLROnPlateau monitor(Metric metric) {
    monitor = metric;
    return this;
  }

  /**
   * Sets what the learning rate is multiplied by.
   *
   * @param share from 0 to below 1, 0.1 by default
   * @return this
   * @throws IllegalArgumentException if it is not
   */
  public ReduceLROnPlateau factor(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new IllegalArgumentException(
          "factor is " + share + ", but must be at least 0 and below 1");
    }
    factor = share;
    return this;
  }

  /**
   * Sets after how many epochs without improvement the rate is lowered.
   *
   * @param epochs at least 0, 10 by default
   * @return this
   * @throws IllegalArgumentException if it is negative
   */
  public ReduceLROnPlateau patience(int epochs) {
    patience = Best.atLeastZero("patience", epochs);
    return this;
  }

  /**
   * Sets which values are better.
   *
   * @param better by default the metric's own direction (Keras's "auto")
   * @return this
   */
  public ReduceLROnPlateau mode(Better better) {
    mode = better;
    return this;
  }

  /**
   * Sets by how much a value must be better than the best to be an improvement.
   *
   * @param amount at least 0, 1e-4 by default
   * @return this
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public ReduceLROnPlateau minDelta(double amount) {
    minDelta = Best.atLeastZero("minDelta", amount);
    return this;
  }

  /**
   * Sets how many epochs after a lowering are not counted.
   *
   * @param epochs at least 0, the default
   * @return this
   * @throws IllegalArgumentException if it is negative
   */
  public ReduceLROnPlateau cooldown(int epochs) {
    cooldown = Best.atLeastZero("cooldown", epochs);
    return this;
  }

  /**
   * Sets the lowest learning rate.
   *
   * @param rate at least 0, the default
   * @return this
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public ReduceLROnPlateau minLr(double rate) {
    minLr = Best.atLeastZero("minLr", rate);
    return this;
  }

  @Override
  public boolean remembersEpochs() {
    return true;
  }

  @Override
  public void onTrainBegin(Training training) {
    monitor.check("ReduceLROnPlateau", training);
    if (!training.optimizer().isLearningRateSettable()) {
      throw new IllegalArgumentException(
          "ReduceLROnPlateau sets the learning rate, but the optimizer's follows a schedule");
    }
    optimizer = training.optimizer();
    Better direction = mode;
    best = new Best(direction == null ? monitor.better() : direction, minDelta);
    wait = 0;
    coolingDown = 0;
  }

  @Override
  public void onEpochEnd(Progress progress, EpochResult result) {
    OptimizerState state = optimizer;
    if (state == null) {
      return;
    }
    if (coolingDown > 0) {
      coolingDown--;
      wait = 0;
    }
    if (best.take(monitor.of(result))) {
      wait = 0;
    } else if (coolingDown == 0) {
      wait++;
      double rate = state.learningRate();
      if (wait >= patience && rate > minLr) {
        state.setLearningRate(Math.max(rate * factor, minLr));
        coolingDown = cooldown;
        wait = 0;
      }
    }
  }
}
