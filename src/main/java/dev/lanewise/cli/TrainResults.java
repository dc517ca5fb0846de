package dev.lanewise.cli;

import dev.lanewise.cli.CheckpointOptions.Start;
import dev.lanewise.cli.LoadOptions.Loaded;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Plot;
import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What a training gave, as lines, reports and pictures have it. */
record TrainResults(Setup setup, History history, Optional<Divergence> diverged) {
  static final String LOSS = "loss.png";
  static final String ACCURACY = "accuracy.png";

  /** All pictures that are drawn. */
  static final List<String> PLOTS = List.of(LOSS, ACCURACY);

  /**
   * What is trained: a model, which is to be resumed, or whose weights were loaded; and how.
   *
   * @param data what the images are
   */
  record Setup(
      Optimizer rule,
      Sequential model,
      Optional<Start> start,
      Optional<Loaded> loaded,
      String data,
      Dataset images,
      @Nullable Dataset validation,
      int batchSize,
      long seed,
      Kernels kernels) {}

  /** Finds out whether the training diverged. */
  static TrainResults of(Setup setup, History history) {
    return new TrainResults(setup, history, Divergence.of(history, setup.model()));
  }

  /** The result in a line. */
  String summary() {
    Evaluation validation = history.last().validation();
    Evaluation last = validation == null ? history.last().training() : validation;
    int epochs = history.epochs().size();
    return String.format(
        Locale.ROOT,
        "%1$s, %2$d epoch%3$s in %4$.1f s: %5$s accuracy %6$.4f, %5$s loss %7$.4f",
        setup.rule().name(),
        epochs,
        epochs == 1 ? "" : "s",
        history.totalSeconds(),
        validation == null ? "training" : "validation",
        last.accuracy(),
        last.loss());
  }

  private Map<String, Object> settings() {
    Optimizer rule = setup.rule();
    Loaded loaded = setup.loaded().orElse(null);
    Dataset validation = setup.validation();
    return JsonReport.object(
        "optimizer", rule.name(),
        "hyper_parameters", rule.toString(),
        "learning_rate", rule.learningRate().at(0),
        "epochs", history.epochs().size(),
        "batch_size", setup.batchSize(),
        "seed", setup.seed(),
        "loaded", loaded == null ? null : loaded.file().toString(),
        "loaded_layout", loaded == null ? null : loaded.layoutName(),
        "data", setup.data(),
        "training_images", setup.images().count(),
        "validation_images", validation == null ? 0 : validation.count());
  }

  /** The settings as a model's file keeps them. */
  SequencedMap<String, String> metadata() {
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    settings().forEach((key, value) -> metadata.put("training." + key, value.toString()));
    return metadata;
  }

  /** Settings, what it really ran on, and each epoch's results. */
  Map<String, Object> report() {
    return JsonReport.object(
        "settings", settings(),
        "versions", JsonReport.versions(),
        "machine", JsonReport.machine(setup.kernels()),
        "total_seconds", history.totalSeconds(),
        "diverged",
            diverged
                .map(how -> JsonReport.object("epoch", how.epoch(), "reason", how.reason()))
                .orElse(null),
        "epochs", history.epochs().stream().map(JsonReport::epoch).toList());
  }

  /** Draws loss and accuracy by epoch, of training and validation. */
  void plot(Path folder) throws IOException {
    plot("Loss", "loss, mean over the images", Evaluation::loss).write(folder.resolve(LOSS));
    plot("Accuracy", "accuracy", Evaluation::accuracy).write(folder.resolve(ACCURACY));
  }

  private Plot plot(String what, String yTitle, ToDoubleFunction<Evaluation> number) {
    String title =
        "%s by epoch – %s CNN, %s, seed %s"
            .formatted(what, setup.data(), setup.rule().name(), setup.seed());
    Plot plot =
        new Plot(title, "epoch", yTitle)
            .wholeNumbers()
            .yLabels(place -> String.format(Locale.ROOT, "%.4f", place));
    List<EpochResult> epochs = history.epochs();
    double[] x = epochs.stream().mapToDouble(EpochResult::epoch).toArray();
    plot.line(
        4, "training", x, epochs.stream().map(EpochResult::training).mapToDouble(number).toArray());
    List<Evaluation> validations =
        epochs.stream().map(EpochResult::validation).filter(Objects::nonNull).toList();
    if (validations.size() == x.length) {
      plot.line(3, "validation", x, validations.stream().mapToDouble(number).toArray());
    }
    return plot;
  }
}
