package dev.lanewise.cli.compare;

import dev.lanewise.train.EpochResult;
import dev.lanewise.train.History;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A training by one kind of gradient descent.
 *
 * @param imagesAnUpdate how many images' gradients make an update
 * @param updatesAnEpoch how many updates an epoch has
 * @param costs the mean cost of each update's images
 * @param seconds the training time, without validation, when each update was done
 * @param ended why it ended early or diverged, if it did
 */
@SuppressWarnings("ArrayRecordComponent") // a record of one run, which nobody compares
record DescentRun(
    BatchRegime kind,
    String label,
    int imagesAnUpdate,
    int updatesAnEpoch,
    double[] costs,
    double[] seconds,
    History history,
    @Nullable String ended) {
  /** The mean training time of an epoch, validation not counted. */
  double secondsAnEpoch() {
    return trainSeconds() / history.epochs().size();
  }

  double trainSeconds() {
    return history.epochs().stream().mapToDouble(EpochResult::trainSeconds).sum();
  }

  /** Each epoch's mean cost. */
  double[] costByEpoch() {
    return history.epochs().stream().mapToDouble(Comparison::cost).toArray();
  }

  /** The training time at each epoch's end. */
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

  /** By how much the cost jumps from one update to the next, on average over the last epoch. */
  double noise() {
    int from = Math.max(1, costs.length - updatesAnEpoch);
    double sum = 0;
    for (int i = from; i < costs.length; i++) {
      sum += Math.abs(costs[i] - costs[i - 1]);
    }
    return costs.length > from && ended == null ? sum / (costs.length - from) : Double.NaN;
  }
}
