package dev.lanewise.cli.compare;

import dev.lanewise.cli.compare.Comparison.Settings;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Plot;
import dev.lanewise.cli.support.TextTable;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Trains with each optimizer and each seed. */
public final class OptimizerComparison extends Comparison {
  private static final String COST = "training-cost.png";
  private static final String ACCURACY = "validation-accuracy.png";

  /** All that is written into the folder. */
  public static final List<String> FILES =
      List.of("compare.csv", "compare.json", "compare.md", COST, ACCURACY);

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
    return LongStream.range(settings().seed(), settings().seed() + settings().seeds())
        .boxed()
        .flatMap(seed -> optimizers.stream().map(one -> plan(one, batch, updates, seed)))
        .toList();
  }

  private static Run.Plan plan(OptimizerEntry one, int batch, int updates, long seed) {
    return new Run.Plan(one.label(), one, BatchRegime.MINI, batch, 1, updates, seed);
  }

  List<OptimizerEntry> optimizers() {
    return optimizers;
  }

  /** A number of an epoch over the seeds; of no run if none came so far. */
  DoubleSummaryStatistics at(
      OptimizerEntry optimizer, int epoch, ToDoubleFunction<EpochResult> number) {
    return runs(optimizer)
        // An epoch that was ended early is none, and one whose loss is NaN has no figures.
        .filter(run -> epoch <= run.history().epochs().size() - (run.ended() == null ? 0 : 1))
        .map(run -> run.history().epochs().get(epoch - 1))
        .filter(result -> Divergence.ofLoss(result).isEmpty())
        .mapToDouble(number)
        .summaryStatistics();
  }

  /** The total time over the seeds. */
  DoubleSummaryStatistics seconds(OptimizerEntry optimizer) {
    return runs(optimizer)
        .filter(run -> run.ended() == null)
        .mapToDouble(run -> run.history().totalSeconds())
        .summaryStatistics();
  }

  private Stream<Run> runs(OptimizerEntry optimizer) {
    return runs().stream().filter(run -> run.plan().optimizer().equals(optimizer));
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
    sentences.addAll(endings(plan -> plan.label() + ", seed " + plan.seed()));
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
        Stream<Object> cells =
            Stream.of(
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
        out.append(cells.map(Object::toString).collect(Collectors.joining(",", "", "\n")));
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

  /** One line an optimizer, the mean over the seeds and thin lines around it. */
  @Override
  void plot(Path folder) throws IOException {
    String under =
        "%s CNN, %s images, batches of %s, %s"
            .formatted(
                settings().data(),
                settings().trainingImages(),
                settings().batchSize(),
                settings().seeds() == 1
                    ? "seed " + settings().seed()
                    : "mean and range of " + settings().seeds() + " seeds");
    Plot cost =
        new Plot("Training cost by epoch – " + under, "epoch", "training cost, mean (log scale)")
            .wholeNumbers()
            .yLabels(Plot::logLabel);
    addLines(cost, Run::cost, Plot::logPlace);
    cost.write(folder.resolve(COST));
    Plot accuracy =
        new Plot(
                "Validation accuracy by epoch – " + under,
                "epoch",
                "validation accuracy (log scale of the errors)")
            .wholeNumbers()
            .yLabels(OptimizerComparison::accuracy);
    addLines(accuracy, Run::validationAccuracy, OptimizerComparison::place);
    accuracy.write(folder.resolve(ACCURACY));
  }

  /** Where an accuracy lies on an axis on which a tenth of the errors is one unit more. */
  private static double place(double accuracy) {
    return -StrictMath.log10(Math.max(1 - accuracy, 1e-4));
  }

  /** The accuracy at a place. */
  private static String accuracy(double place) {
    double errors = StrictMath.pow(10, -place);
    return number(errors < 0.01 ? "%.4f" : "%.3f", 1 - errors);
  }

  private void addLines(
      Plot plot, ToDoubleFunction<EpochResult> number, DoubleUnaryOperator place) {
    for (int i = 0; i < optimizers.size(); i++) {
      OptimizerEntry optimizer = optimizers.get(i);
      int[] epochs =
          IntStream.rangeClosed(1, settings().epochs())
              .filter(epoch -> at(optimizer, epoch, number).getCount() > 0)
              .toArray();
      if (epochs.length == 0) {
        continue; // its first epoch already was ended
      }
      double[] x = IntStream.of(epochs).asDoubleStream().toArray();
      Function<ToDoubleFunction<DoubleSummaryStatistics>, double[]> y =
          statistic ->
              IntStream.of(epochs)
                  .mapToObj(epoch -> at(optimizer, epoch, number))
                  .mapToDouble(statistic)
                  .map(place)
                  .toArray();
      String label = optimizer.label();
      if (settings().seeds() > 1) {
        plot.edge(i, label + " least", x, y.apply(DoubleSummaryStatistics::getMin));
        plot.edge(i, label + " most", x, y.apply(DoubleSummaryStatistics::getMax));
      }
      plot.line(i, label, x, y.apply(DoubleSummaryStatistics::getAverage));
    }
  }
}
