package dev.lanewise.train;

import dev.lanewise.graph.Variable;
import dev.lanewise.nn.Sequential;
import java.util.List;
import java.util.Optional;

/**
 * That a training diverged: the first epoch whose loss, in training or validation, is NaN or
 * infinite, or after whose last step a weight is. From there on nothing is learned any more.
 *
 * <p>{@link dev.lanewise.train.callback.TerminateOnNaN} ends such a training at its first step and
 * says where it came from; without it {@link Trainer#fit} goes on to its last epoch, as Keras does.
 *
 * @param epoch the epoch's number, from 1
 * @param reason what is not finite, in words: "the loss is NaN"
 */
public record Divergence(int epoch, String reason) {
  /**
   * A weight that is not finite.
   *
   * @param variable its variable's name
   * @param value NaN or an infinity
   */
  public record Weight(String variable, float value) {
    /** In words: "dense/kernel holds NaN". */
    @Override
    public String toString() {
      return variable + " holds " + value;
    }
  }

  /**
   * Looks for a divergence in a training that is over.
   *
   * @param history what its epochs gave
   * @param model its model as the training left it
   * @return the divergence; empty if every loss and every weight is finite
   */
  public static Optional<Divergence> of(History history, Sequential model) {
    return history.epochs().stream()
        .map(Divergence::ofLoss)
        .flatMap(Optional::stream)
        .findFirst()
        .or(() -> ofWeights(history.last().epoch(), model));
  }

  /**
   * Looks for a divergence at an epoch's end.
   *
   * @param result what the epoch gave
   * @param model the model at its end
   * @return the divergence; empty if its losses and every weight are finite
   */
  public static Optional<Divergence> of(EpochResult result, Sequential model) {
    return ofLoss(result).or(() -> ofWeights(result.epoch(), model));
  }

  /**
   * Looks for a divergence in an epoch's losses.
   *
   * @param result what the epoch gave
   * @return the divergence; empty if its losses are finite
   */
  public static Optional<Divergence> ofLoss(EpochResult result) {
    double loss = result.training().loss();
    if (!Double.isFinite(loss)) {
      return Optional.of(new Divergence(result.epoch(), "the loss is " + loss));
    }
    Evaluation validation = result.validation();
    if (validation != null && !Double.isFinite(validation.loss())) {
      return Optional.of(
          new Divergence(result.epoch(), "the validation loss is " + validation.loss()));
    }
    return Optional.empty();
  }

  private static Optional<Divergence> ofWeights(int epoch, Sequential model) {
    return notFinite(model).map(weight -> new Divergence(epoch, weight.toString()));
  }

  /**
   * Looks for a weight that is NaN or infinite.
   *
   * @param model the model
   * @return the first such weight; empty if all are finite
   */
  public static Optional<Weight> notFinite(Sequential model) {
    return notFinite(model.variables());
  }

  /**
   * Looks for a weight that is NaN or infinite.
   *
   * @param variables the weights
   * @return the first such weight; empty if all are finite
   */
  public static Optional<Weight> notFinite(List<Variable> variables) {
    for (Variable variable : variables) {
      for (float value : variable.values()) {
        if (!Float.isFinite(value)) {
          return Optional.of(new Weight(variable.name(), value));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Tells it.
   *
   * @return what is to be said of the training: "diverged in epoch 2: the loss is NaN"
   */
  public String words() {
    return "diverged in epoch " + epoch + ": " + reason;
  }
}
