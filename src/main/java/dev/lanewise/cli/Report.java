package dev.lanewise.cli;

import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.History;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The report that {@code --json} writes: settings, what it really ran on, and each epoch's results.
 */
record Report(
    Optimizer rule,
    String data,
    int trainingImages,
    int validationImages,
    int batchSize,
    long seed,
    LoadOptions.@Nullable Loaded loaded,
    Kernels kernels,
    History history,
    @Nullable Divergence diverged) {

  /** The report's members. */
  Map<String, Object> members() {
    return JsonReport.object(
        "settings", settings(),
        "versions", JsonReport.versions(),
        "machine", JsonReport.machine(kernels),
        "total_seconds", history.totalSeconds(),
        "diverged",
            diverged == null
                ? null
                : JsonReport.object("epoch", diverged.epoch(), "reason", diverged.reason()),
        "epochs", history.epochs().stream().map(JsonReport::epoch).toList());
  }

  private Map<String, Object> settings() {
    return JsonReport.object(
        "optimizer",
        rule.name(),
        "hyper_parameters",
        rule.toString(),
        "learning_rate",
        rule.learningRate().at(0),
        "epochs",
        history.epochs().size(),
        "batch_size",
        batchSize,
        "seed",
        seed,
        "loaded",
        loaded == null ? null : loaded.file().toString(),
        "loaded_layout",
        loaded == null ? null : loaded.layoutName(),
        "data",
        data,
        "training_images",
        trainingImages,
        "validation_images",
        validationImages);
  }
}
