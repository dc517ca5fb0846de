package dev.lanewise.train.callback;

import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.Training;

/** A number that each epoch gives, under Keras's name: what callbacks look at. */
public enum Metric {
  /** The mean loss in training. */
  LOSS("loss", Better.LOWER, false),
  /** The accuracy in training. */
  ACCURACY("accuracy", Better.HIGHER, false),
  /** The mean loss in validation. */
  VAL_LOSS("val_loss", Better.LOWER, true),
  /** The accuracy in validation. */
  VAL_ACCURACY("val_accuracy", Better.HIGHER, true);

  /** Which of two values is the better one (Keras's mode: "min", "max"). */
  public enum Better {
    /** The lower one, as with a loss. */
    LOWER,
    /** The higher one, as with an accuracy. */
    HIGHER
  }

  private final String label;
  private final Better better;
  private final boolean ofValidation;

  Metric(String label, Better better, boolean ofValidation) {
    this.label = label;
    this.better = better;
    this.ofValidation = ofValidation;
  }

  /**
   * Returns the name.
   *
   * @return as Keras spells it, "val_loss" for instance
   */
  public String label() {
    return label;
  }

  /**
   * Returns which of two values is better (Keras's mode "auto").
   *
   * @return lower for a loss, higher for an accuracy
   */
  public Better better() {
    return better;
  }

  /**
   * Returns the value that an epoch gave.
   *
   * @param result the epoch's result
   * @return the value
   * @throws IllegalArgumentException if the metric is one of validation and there was none
   */
  public double of(EpochResult result) {
    Evaluation from = ofValidation ? result.validation() : result.training();
    if (from == null) {
      throw new IllegalArgumentException("there is no " + label + " without validation data");
    }
    return this == LOSS || this == VAL_LOSS ? from.loss() : from.accuracy();
  }

  /** Refuses a training without the validation that this metric is of. */
  void check(String callback, Training training) {
    if (ofValidation && !training.isValidated()) {
      throw new IllegalArgumentException(
          callback + " monitors " + label + ", but fit was given no validation data");
    }
  }
}
