package dev.lanewise.train.callback;

import dev.lanewise.kernel.support.Check;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Training;

/**
 * Lowers the learning rate when a metric no longer gets better (Keras's ReduceLROnPlateau, with its
 * arguments and defaults): after {@code patience} epochs without improvement it becomes
 * max(factor·lr, minLr), and the next {@code cooldown} epochs are not counted.
 *
 * <p>One callback watches one training at a time; the next call of fit begins afresh, with the
 * learning rate as it then is.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class ReduceLROnPlateau extends Monitoring<ReduceLROnPlateau> {
  private double factor = 0.1;
  private int patience = 10;
  private int cooldown;
  private double minLr;
  private int wait;
  private int coolingDown;

  /** Monitors val_loss; factor 0.1, patience 10, minDelta 1e-4, cooldown 0, minLr 0. */
  public ReduceLROnPlateau() {
    improvesBy(1e-4);
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
    patience = Check.atLeast("patience", epochs, 0);
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
    improvesBy(amount);
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
    cooldown = Check.atLeast("cooldown", epochs, 0);
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
    minLr = atLeastZero("minLr", rate);
    return this;
  }

  @Override
  public boolean remembersEpochs() {
    return true;
  }

  @Override
  public void onTrainBegin(Training training) {
    watch(training);
    if (!training.optimizer().isLearningRateSettable()) {
      throw new IllegalArgumentException(
          "ReduceLROnPlateau sets the learning rate, but the optimizer's follows a schedule");
    }
    wait = 0;
    coolingDown = 0;
  }

  @Override
  public void onEpochEnd(Training training, EpochResult result) {
    if (coolingDown > 0) {
      coolingDown--;
      wait = 0;
    }
    if (take(result)) {
      wait = 0;
    } else if (coolingDown == 0) {
      wait++;
      OptimizerState state = training.optimizer();
      double rate = state.learningRate();
      if (wait >= patience && rate > minLr) {
        state.setLearningRate(Math.max(rate * factor, minLr));
        coolingDown = cooldown;
        wait = 0;
      }
    }
  }
}
