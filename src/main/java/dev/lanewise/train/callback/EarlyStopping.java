package dev.lanewise.train.callback;

import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Ends the training when a metric no longer gets better (Keras's EarlyStopping, with its arguments
 * and defaults).
 *
 * <p>An epoch is an improvement if its metric is better than the best so far by more than minDelta
 * (NaN never is). When {@code patience} epochs in a row are none, the training ends; with patience
 * 0 as with patience 1 that is the first such epoch, but never the very first one of all. With a
 * baseline, only an epoch that is also better than the baseline begins the count of patience anew.
 *
 * <p>One callback watches one training at a time; the next call of fit begins afresh.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class EarlyStopping extends Monitoring<EarlyStopping> {
  private int patience;
  private @Nullable Double baseline;
  private boolean restoresBestWeights;
  private int startFromEpoch;

  private final List<float[]> bestWeights = new ArrayList<>();
  private int bestEpoch;
  private int stoppedEpoch;
  private int wait;

  /** Monitors val_loss; minDelta 0, patience 0, no baseline, last weights kept, from epoch 1 on. */
  public EarlyStopping() {}

  /**
   * Sets by how much a value must be better than the best to be an improvement.
   *
   * @param amount at least 0, the default
   * @return this
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public EarlyStopping minDelta(double amount) {
    improvesBy(amount);
    return this;
  }

  /**
   * Sets after how many epochs without improvement the training ends.
   *
   * @param epochs at least 0, the default
   * @return this
   * @throws IllegalArgumentException if it is negative
   */
  public EarlyStopping patience(int epochs) {
    patience = Check.atLeast("patience", epochs, 0);
    return this;
  }

  /**
   * Sets a value that the metric must beat too.
   *
   * @param value none by default
   * @return this
   */
  public EarlyStopping baseline(double value) {
    baseline = value;
    return this;
  }

  /**
   * Sets whether the training ends with the best epoch's weights. Keras restores them also when it
   * ran to its last epoch, and so does this. Keeping them takes a copy of the weights.
   *
   * @param restores false by default: the last weights stay
   * @return this
   */
  public EarlyStopping restoreBestWeights(boolean restores) {
    restoresBestWeights = restores;
    return this;
  }

  /**
   * Sets how many epochs are not looked at.
   *
   * @param epochs at least 0, the default
   * @return this
   * @throws IllegalArgumentException if it is negative
   */
  public EarlyStopping startFromEpoch(int epochs) {
    startFromEpoch = Check.atLeast("startFromEpoch", epochs, 0);
    return this;
  }

  /**
   * Returns the epoch after which this callback ended the training.
   *
   * @return from 1; empty if it did not
   */
  public OptionalInt stoppedEpoch() {
    return stoppedEpoch == 0 ? OptionalInt.empty() : OptionalInt.of(stoppedEpoch);
  }

  /**
   * Returns the best epoch.
   *
   * @return from 1; empty if none was an improvement
   */
  public OptionalInt bestEpoch() {
    return bestEpoch == 0 ? OptionalInt.empty() : OptionalInt.of(bestEpoch);
  }

  @Override
  public boolean remembersEpochs() {
    return true;
  }

  @Override
  public void onTrainBegin(Training training) {
    watch(training);
    bestWeights.clear();
    bestEpoch = 0;
    stoppedEpoch = 0;
    wait = 0;
  }

  @Override
  public void onEpochEnd(Training training, EpochResult result) {
    if (result.epoch() <= startFromEpoch) {
      return;
    }
    boolean improved = take(result);
    if (restoresBestWeights && (improved || bestWeights.isEmpty())) {
      keepWeights(training.model().variables());
    }
    wait++;
    if (improved) {
      bestEpoch = result.epoch();
      Double least = baseline;
      if (least == null || improves(result, least)) {
        wait = 0;
      }
    } else if (wait >= patience && result.epoch() > 1) {
      stoppedEpoch = result.epoch();
      training.stop();
    }
  }

  @Override
  public void onTrainEnd(Training training) {
    List<Variable> variables = training.model().variables();
    for (int i = 0; i < bestWeights.size(); i++) {
      float[] values = bestWeights.get(i);
      System.arraycopy(values, 0, variables.get(i).values(), 0, values.length);
    }
  }

  private void keepWeights(List<Variable> variables) {
    bestWeights.clear();
    variables.forEach(variable -> bestWeights.add(variable.values().clone()));
  }
}
