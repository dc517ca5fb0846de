package dev.lanewise.cli.compare;

import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.History;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A training of a comparison.
 *
 * @param costs the mean cost of each update's images
 * @param seconds the training time, without validation, when each update was done
 * @param ended why it ended early or diverged, if it did
 */
@SuppressWarnings("ArrayRecordComponent") // a record of one run, which nobody compares
record Run(Plan plan, History history, @Nullable String ended, double[] costs, double[] seconds) {
  /**
   * What is trained.
   *
   * @param label what tables and legends call it
   * @param batch the images of a step of the network
   * @param slices the steps whose gradients make an update
   */
  record Plan(
      String label,
      OptimizerEntry optimizer,
      BatchRegime regime,
      int batch,
      int slices,
      int updatesAnEpoch,
      long seed) {
    /** How many images' gradients make an update. */
    int imagesAnUpdate() {
      return batch * slices;
    }
  }

  static Evaluation validation(EpochResult result) {
    Evaluation validation = result.validation();
    if (validation == null) {
      throw new IllegalStateException("a comparison is validated");
    }
    return validation;
  }

  static double validationAccuracy(EpochResult result) {
    return validation(result).accuracy();
  }

  static double validationLoss(EpochResult result) {
    return validation(result).loss();
  }

  static double cost(EpochResult result) {
    return result.training().loss();
  }

  /** Each epoch's mean cost. */
  double[] costByEpoch() {
    return history.epochs().stream().mapToDouble(Run::cost).toArray();
  }

  /** The training time at each epoch's end, validation not counted. */
  double[] secondsByEpoch() {
    List<EpochResult> epochs = history.epochs();
    double[] result = new double[epochs.size()];
    double sum = 0;
    for (int i = 0; i < result.length; i++) {
      sum += epochs.get(i).trainSeconds();
      result[i] = sum;
    }
    return result;
  }

  /** The mean training time of an epoch. */
  double secondsAnEpoch() {
    double[] all = secondsByEpoch();
    return all[all.length - 1] / all.length;
  }

  /** By how much the cost jumps from one update to the next, on average over the last epoch. */
  double noise() {
    int from = Math.max(1, costs.length - plan.updatesAnEpoch);
    double sum = 0;
    for (int i = from; i < costs.length; i++) {
      sum += Math.abs(costs[i] - costs[i - 1]);
    }
    return costs.length > from && ended == null ? sum / (costs.length - from) : Double.NaN;
  }
}
