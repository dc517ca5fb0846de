package dev.lanewise.cli.compare;

import dev.lanewise.cli.support.Machine;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Sequential;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.History;
import dev.lanewise.train.callback.TerminateOnNaN;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The runs of a comparison so far, and their settings. */
public record Comparison(Settings settings, List<OptimizerEntry> optimizers, List<Run> runs) {
  static final String WARM_UP =
      "Before the first run one epoch of each kind is trained and thrown away, in the same VM; total"
          + " time is the whole of fit, validation included.";

  /** What all runs have in common. */
  public record Settings(
      String data,
      int trainingImages,
      int validationImages,
      int epochs,
      int batchSize,
      long seed,
      int seeds,
      Kernels kernels) {
    /** Whether these are the settings of the published comparison. */
    boolean arePublished() {
      return epochs == Published.EPOCHS
          && batchSize == Published.BATCH
          && data.equals("MNIST")
          && trainingImages == 60_000;
    }

    String sentence() {
      return data
          + ", "
          + trainingImages
          + " training and "
          + validationImages
          + " validation images, batches of "
          + batchSize
          + ", "
          + (seeds == 1 ? "seed " + seed : "seeds " + seed + " to " + (seed + seeds - 1))
          + "; "
          + Machine.processor()
          + ", "
          + (kernels.threads() == 1 ? "1 thread" : kernels.threads() + " threads")
          + ", "
          + (kernels.vectorBits() == 0
              ? "scalar kernels"
              : "vectors of " + kernels.vectorBits() + " bits")
          + ", JDK "
          + Runtime.version().feature();
    }
  }

  /** One optimizer's training with one seed; and why it ended early or diverged, if it did. */
  record Run(OptimizerEntry optimizer, long seed, History history, @Nullable String ended) {}

  List<Run> of(OptimizerEntry optimizer) {
    return runs.stream().filter(run -> run.optimizer.equals(optimizer)).toList();
  }

  /** A number of an epoch over the seeds; empty if no run came so far. */
  Optional<SeedStatistics> at(
      OptimizerEntry optimizer, int epoch, ToDoubleFunction<EpochResult> number) {
    List<Double> values = new ArrayList<>();
    for (Run run : of(optimizer)) {
      List<EpochResult> epochs = run.history.epochs();
      // An epoch that was ended early is none, and one whose loss is NaN has no figures.
      if (epoch <= epochs.size() - (run.ended == null ? 0 : 1)
          && Divergence.ofLoss(epochs.get(epoch - 1)).isEmpty()) {
        values.add(number.applyAsDouble(epochs.get(epoch - 1)));
      }
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(SeedStatistics.of(values));
  }

  Optional<SeedStatistics> seconds(OptimizerEntry optimizer) {
    List<Double> values =
        of(optimizer).stream()
            .filter(run -> run.ended == null)
            .map(run -> run.history.totalSeconds())
            .toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(SeedStatistics.of(values));
  }

  /** Why a training under this guard ended early, or is of no use though it did not; else null. */
  static @Nullable String ended(TerminateOnNaN guard, History history, Sequential model) {
    return guard
        .reason()
        .or(() -> Divergence.of(history, model).map(how -> "the training " + how.words()))
        .orElse(null);
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

  private static Evaluation validation(EpochResult result) {
    Evaluation validation = result.validation();
    if (validation == null) {
      throw new IllegalStateException("a comparison is validated");
    }
    return validation;
  }
}
