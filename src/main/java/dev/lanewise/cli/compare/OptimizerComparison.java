package dev.lanewise.cli.compare;

import static dev.lanewise.cli.compare.Comparison.NONE;
import static dev.lanewise.cli.compare.Comparison.number;

import dev.lanewise.cli.compare.Comparison.Run;
import dev.lanewise.cli.compare.Comparison.Settings;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Plot;
import dev.lanewise.cli.support.TextTable;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.jspecify.annotations.Nullable;

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
    Tables tables = new Tables(this);
    return List.of(tables.course(), tables.others());
  }

  @Override
  List<String> sentences() {
    List<String> sentences = new Tables(this).sentences();
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

  /** Optimizers in tables and sentences, beside what others published. */
  static final class Tables {
    /**
     * Results of others on MNIST, after ten epochs with batches of 64.
     *
     * @param accuracy validation accuracy
     * @param loss validation loss
     * @param seconds total time on their machine; NaN if unknown
     */
    private record Published(double accuracy, double loss, double seconds) {
      static final int EPOCHS = 10;
      static final int BATCH = 64;
      static final int IMAGES = 60_000;
    }

    /** The comparison that this one repeats. */
    private static final Map<String, Published> ARTICLE =
        Map.of(
            "Adam", new Published(0.9893, 0.0351, 625),
            "RMSprop", new Published(0.9887, 0.0348, 609),
            "SGD", new Published(0.9679, 0.1050, 528));

    /** The same program run with Keras 3.15 on TensorFlow 2.21, seed 1, once. */
    private static final Map<String, Published> KERAS =
        Map.of(
            "Adadelta", new Published(0.8303, 0.9794, Double.NaN),
            "Adagrad", new Published(0.9259, 0.2584, Double.NaN),
            "Adam", new Published(0.9896, 0.0339, Double.NaN),
            "RMSprop", new Published(0.9903, 0.0308, Double.NaN),
            "SGD", new Published(0.9676, 0.1044, Double.NaN));

    private static final String FIGURES_OF_OTHERS =
        "Published: validation accuracy and loss after 10 epochs, and total time on the machine of the"
            + " article's author. Keras 3.15: the same program on TensorFlow 2.21, seed 1, one run.";

    private final OptimizerComparison comparison;
    private final Settings settings;

    Tables(OptimizerComparison comparison) {
      this.comparison = comparison;
      settings = comparison.settings();
    }

    /** The published table: accuracy and loss at some epochs, and the total time. */
    TextTable course() {
      int last = settings.epochs();
      List<Integer> epochs =
          IntStream.of(1, 5, 10, last).filter(epoch -> epoch <= last).distinct().boxed().toList();
      List<String> header = new ArrayList<>(List.of("optimizer"));
      epochs.forEach(epoch -> header.add("accuracy\nepoch " + epoch));
      epochs.forEach(epoch -> header.add("loss\nepoch " + epoch));
      header.add("total time");
      TextTable table = new TextTable(header);
      for (OptimizerEntry optimizer : comparison.optimizers()) {
        List<String> row = new ArrayList<>(List.of(optimizer.label()));
        for (int epoch : epochs) {
          row.add(range(comparison.at(optimizer, epoch, Run::validationAccuracy), "%.4f", ""));
        }
        for (int epoch : epochs) {
          row.add(range(comparison.at(optimizer, epoch, Run::validationLoss), "%.4f", ""));
        }
        row.add(range(comparison.seconds(optimizer), "%.1f", " s"));
        table.row(row);
      }
      return table;
    }

    /** The last epoch beside the figures of others. */
    TextTable others() {
      int last = settings.epochs();
      TextTable table =
          new TextTable(
              List.of(
                  "optimizer",
                  "Lanewise\naccuracy",
                  "published\naccuracy",
                  "Keras 3.15\naccuracy",
                  "Lanewise\nloss",
                  "published\nloss",
                  "Keras 3.15\nloss",
                  "Lanewise\ntime",
                  "published\ntime"));
      for (OptimizerEntry optimizer : comparison.optimizers()) {
        Published article = ARTICLE.get(optimizer.label());
        Published keras = KERAS.get(optimizer.label());
        table.row(
            List.of(
                optimizer.label(),
                mean(comparison.at(optimizer, last, Run::validationAccuracy), "%.4f"),
                figure(article, Published::accuracy, "%.4f"),
                figure(keras, Published::accuracy, "%.4f"),
                mean(comparison.at(optimizer, last, Run::validationLoss), "%.4f"),
                figure(article, Published::loss, "%.4f"),
                figure(keras, Published::loss, "%.4f"),
                mean(comparison.seconds(optimizer), "%.1f s"),
                figure(article, Published::seconds, "%.0f s")));
      }
      return table;
    }

    List<String> sentences() {
      List<String> sentences = new ArrayList<>(List.of(FIGURES_OF_OTHERS));
      if (settings.epochs() != Published.EPOCHS
          || settings.batchSize() != Published.BATCH
          || !settings.data().equals("MNIST")
          || settings.trainingImages() != Published.IMAGES) {
        sentences.add(
            "This run's settings are not the published ones (MNIST, 60000 images, batches of 64, 10"
                + " epochs): its figures cannot be held against those of others.");
      }
      int last = settings.epochs();
      if (comparison.optimizers().size() > 1) {
        sentences.add(order("Validation accuracy", last, Run::validationAccuracy, true));
        sentences.add(order("Validation loss", last, Run::validationLoss, false));
        sentences.add(ranked("Total time, shortest first", comparison::seconds, false));
        sentences.add(
            settings.seeds() == 1
                ? "One seed does not show how much a figure varies: small differences may be none"
                    + " (--seeds 3 shows it)."
                : "\"≈\" is no difference: the means differ by no more than the seeds of one of both do"
                    + " (from the least to the greatest).");
      }
      return sentences;
    }

    private String order(
        String what, int epoch, ToDoubleFunction<EpochResult> number, boolean highest) {
      return ranked(
          what + " at epoch " + epoch + ", best first",
          optimizer -> comparison.at(optimizer, epoch, number),
          highest);
    }

    /** The optimizers in order; neighbours that do not differ have "≈" between them. */
    private String ranked(
        String what,
        Function<OptimizerEntry, DoubleSummaryStatistics> number,
        boolean highestFirst) {
      record Ranked(String label, DoubleSummaryStatistics statistics) {}
      Comparator<Ranked> ascending = Comparator.comparingDouble(one -> one.statistics.getAverage());
      List<Ranked> order =
          comparison.optimizers().stream()
              .map(optimizer -> new Ranked(optimizer.label(), number.apply(optimizer)))
              .filter(one -> one.statistics.getCount() > 0)
              .sorted(highestFirst ? ascending.reversed() : ascending)
              .toList();
      StringBuilder out = new StringBuilder(what + ": ");
      for (int i = 0; i < order.size(); i++) {
        if (i > 0) {
          out.append(
              differ(order.get(i - 1).statistics, order.get(i).statistics) ? ", then " : " ≈ ");
        }
        out.append(order.get(i).label);
      }
      return out.append('.').toString();
    }

    /** Whether two means differ by more than the seeds of either make a number vary. */
    static boolean differ(DoubleSummaryStatistics one, DoubleSummaryStatistics other) {
      double ranges = Math.max(one.getMax() - one.getMin(), other.getMax() - other.getMin());
      return Math.abs(one.getAverage() - other.getAverage()) > ranges;
    }

    /** A mean, and below it the range of several seeds. */
    private static String range(DoubleSummaryStatistics of, String format, String unit) {
      return of.getCount() <= 1
          ? mean(of, format + unit)
          : "%s\n%s–%s"
              .formatted(
                  mean(of, format + unit),
                  number(format, of.getMin()),
                  number(format + unit, of.getMax()));
    }

    private static String mean(DoubleSummaryStatistics of, String format) {
      return of.getCount() == 0 ? NONE : number(format, of.getAverage());
    }

    private static String figure(
        @Nullable Published published, ToDoubleFunction<Published> number, String format) {
      return published == null ? NONE : number(format, number.applyAsDouble(published));
    }
  }
}
