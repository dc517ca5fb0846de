package dev.lanewise.cli.compare;

import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.TextTable;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Trains with each optimizer and each seed. */
public final class OptimizerComparison extends Comparison {
  /** All that is written into the folder. */
  public static final List<String> FILES =
      List.of(
          "compare.csv",
          "compare.json",
          "compare.md",
          OptimizerPlots.COST,
          OptimizerPlots.ACCURACY);

  private final List<OptimizerEntry> optimizers;

  /** Makes a comparison, which is yet to be run. */
  public OptimizerComparison(Settings settings, Output output, List<OptimizerEntry> optimizers) {
    super(settings, output);
    this.optimizers = List.copyOf(optimizers);
  }

  /** All optimizers with a seed before the next seed: what is there early can be compared. */
  @Override
  List<Run.Plan> plans() {
    int batch = settings().batchSize();
    int updates = Math.ceilDiv(settings().trainingImages(), batch);
    return IntStream.range(0, settings().seeds())
        .mapToLong(s -> settings().seed() + s)
        .boxed()
        .flatMap(
            seed ->
                optimizers.stream()
                    .map(
                        one ->
                            new Run.Plan(
                                one.label(), one, BatchRegime.MINI, batch, 1, updates, seed)))
        .toList();
  }

  List<OptimizerEntry> optimizers() {
    return optimizers;
  }

  /** A number of an epoch over the seeds; empty if no run came so far. */
  Optional<SeedStatistics> at(
      OptimizerEntry optimizer, int epoch, ToDoubleFunction<EpochResult> number) {
    return statistics(
        optimizer,
        run -> {
          List<EpochResult> epochs = run.history().epochs();
          // An epoch that was ended early is none, and one whose loss is NaN has no figures.
          return epoch <= epochs.size() - (run.ended() == null ? 0 : 1)
                  && Divergence.ofLoss(epochs.get(epoch - 1)).isEmpty()
              ? Optional.of(number.applyAsDouble(epochs.get(epoch - 1)))
              : Optional.empty();
        });
  }

  /** The total time over the seeds. */
  Optional<SeedStatistics> seconds(OptimizerEntry optimizer) {
    return statistics(
        optimizer,
        run -> run.ended() == null ? Optional.of(run.history().totalSeconds()) : Optional.empty());
  }

  private Optional<SeedStatistics> statistics(
      OptimizerEntry optimizer, Function<Run, Optional<Double>> number) {
    List<Double> values =
        runs().stream()
            .filter(run -> run.plan().optimizer().equals(optimizer))
            .map(number)
            .flatMap(Optional::stream)
            .toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(SeedStatistics.of(values));
  }

  @Override
  String headline() {
    return settings().sentence();
  }

  @Override
  List<TextTable> tables() {
    OptimizerTables tables = new OptimizerTables(this);
    return List.of(tables.course(), tables.others());
  }

  @Override
  List<String> sentences() {
    List<String> sentences = new OptimizerTables(this).sentences();
    for (Run run : runs()) {
      if (run.ended() != null) {
        sentences.add(
            run.plan().label() + ", seed " + run.plan().seed() + ": " + run.ended() + ".");
      }
    }
    return sentences;
  }

  @Override
  String stem() {
    return "compare";
  }

  /** One line for each epoch of each run. */
  @Override
  String csv() {
    StringBuilder out =
        new StringBuilder(
            "optimizer,seed,epoch,train_seconds,val_seconds,loss,accuracy,val_loss,val_accuracy,"
                + "total_seconds\n");
    for (Run run : runs()) {
      for (EpochResult result : run.history().epochs()) {
        List<Object> cells =
            List.of(
                field(run.plan().optimizer().spelling()),
                run.plan().seed(),
                result.epoch(),
                result.trainSeconds(),
                result.validationSeconds(),
                result.training().loss(),
                result.training().accuracy(),
                Run.validationLoss(result),
                Run.validationAccuracy(result),
                run.history().totalSeconds());
        StringJoiner line = new StringJoiner(",", "", "\n");
        cells.forEach(cell -> line.add(cell.toString()));
        out.append(line);
      }
    }
    return out.toString();
  }

  /** A field of a CSV file, in quotes if it needs them (RFC 4180). */
  private static String field(String text) {
    return text.matches("[^,\"\r\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }

  @Override
  Map<String, Object> moreSettings() {
    return Map.of();
  }

  @Override
  Map<String, Object> members(Run run) {
    return JsonReport.object(
        "optimizer", run.plan().optimizer().spelling(),
        "hyper_parameters", run.plan().optimizer().rule().toString(),
        "seed", run.plan().seed());
  }

  @Override
  void plot(Path target) throws IOException {
    new OptimizerPlots(this).write(target);
  }
}
