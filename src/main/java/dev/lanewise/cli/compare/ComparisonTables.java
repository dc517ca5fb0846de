package dev.lanewise.cli.compare;

import dev.lanewise.cli.compare.Comparison.Run;
import dev.lanewise.cli.compare.Comparison.Settings;
import dev.lanewise.cli.support.TextTable;
import dev.lanewise.train.EpochResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** A comparison in tables and sentences, for the terminal and as Markdown. */
final class ComparisonTables {
  private static final String NONE = "–";
  private static final String FIGURES_OF_OTHERS =
      "Published: validation accuracy and loss after 10 epochs, and total time on the machine of the"
          + " article's author. Keras 3.15: the same program on TensorFlow 2.21, seed 1, one run.";

  private final Comparison comparison;
  private final Settings settings;
  private final List<Integer> epochs;

  ComparisonTables(Comparison comparison) {
    this.comparison = comparison;
    settings = comparison.settings();
    epochs =
        IntStream.of(1, 5, 10, settings.epochs())
            .filter(epoch -> epoch <= settings.epochs())
            .distinct()
            .boxed()
            .toList();
  }

  /** For the terminal, with tables in blocks that are at most so wide. */
  String text(int width) {
    return settings.sentence()
        + ".\n"
        + Comparison.WARM_UP
        + "\n\n"
        + course().text(width)
        + "\n"
        + others().text(width)
        + "\n"
        + String.join("\n", sentences())
        + "\n";
  }

  String markdown() {
    StringBuilder out = new StringBuilder();
    out.append(settings.sentence()).append(".\n").append(Comparison.WARM_UP).append("\n\n");
    out.append(course().markdown()).append('\n').append(others().markdown()).append('\n');
    sentences().forEach(sentence -> out.append("- ").append(sentence).append('\n'));
    return out.toString();
  }

  /** The published table: accuracy and loss at some epochs, and the total time. */
  private TextTable course() {
    List<String> header = new ArrayList<>(List.of("optimizer"));
    epochs.forEach(epoch -> header.add("accuracy\nepoch " + epoch));
    epochs.forEach(epoch -> header.add("loss\nepoch " + epoch));
    header.add("total time");
    TextTable table = new TextTable(header);
    for (OptimizerEntry optimizer : comparison.optimizers()) {
      List<String> row = new ArrayList<>(List.of(optimizer.label()));
      for (int epoch : epochs) {
        row.add(cell(comparison.at(optimizer, epoch, Comparison::validationAccuracy), 4));
      }
      for (int epoch : epochs) {
        row.add(cell(comparison.at(optimizer, epoch, Comparison::validationLoss), 4));
      }
      row.add(time(comparison.seconds(optimizer)));
      table.row(row);
    }
    return table;
  }

  private TextTable others() {
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
      String label = optimizer.label();
      Optional<Published> article = Published.article(label);
      Optional<Published> keras = Published.keras(label);
      table.row(
          List.of(
              label,
              mean(comparison.at(optimizer, last, Comparison::validationAccuracy), "%.4f"),
              figure(article, Published::accuracy, "%.4f"),
              figure(keras, Published::accuracy, "%.4f"),
              mean(comparison.at(optimizer, last, Comparison::validationLoss), "%.4f"),
              figure(article, Published::loss, "%.4f"),
              figure(keras, Published::loss, "%.4f"),
              mean(comparison.seconds(optimizer), "%.1f s"),
              figure(article, Published::seconds, "%.0f s")));
    }
    return table;
  }

  private List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add(FIGURES_OF_OTHERS);
    if (!settings.arePublished()) {
      sentences.add(
          "This run's settings are not the published ones (MNIST, 60000 images, batches of 64, 10"
              + " epochs): its figures cannot be held against those of others.");
    }
    int last = settings.epochs();
    if (comparison.optimizers().size() > 1) {
      sentences.add(order("Validation accuracy", last, Comparison::validationAccuracy, true));
      sentences.add(order("Validation loss", last, Comparison::validationLoss, false));
      sentences.add(ranked("Total time, shortest first", comparison::seconds, false));
      sentences.add(
          settings.seeds() == 1
              ? "One seed does not show how much a figure varies: small differences may be none"
                  + " (--seeds 3 shows it)."
              : "\"≈\" is no difference: the means differ by no more than the seeds of one of both do"
                  + " (from the least to the greatest).");
    }
    for (Run run : comparison.runs()) {
      if (run.ended() != null) {
        sentences.add(run.optimizer().label() + ", seed " + run.seed() + ": " + run.ended() + ".");
      }
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
      Function<OptimizerEntry, Optional<SeedStatistics>> number,
      boolean highestFirst) {
    record Ranked(String label, SeedStatistics spread) {}
    Comparator<Ranked> ascending = Comparator.comparingDouble(one -> one.spread.mean());
    List<Ranked> order = new ArrayList<>();
    for (OptimizerEntry optimizer : comparison.optimizers()) {
      number.apply(optimizer).ifPresent(s -> order.add(new Ranked(optimizer.label(), s)));
    }
    order.sort(highestFirst ? ascending.reversed() : ascending);
    StringBuilder out = new StringBuilder(what + ": ");
    for (int i = 0; i < order.size(); i++) {
      if (i > 0) {
        boolean differs = order.get(i).spread.differsFrom(order.get(i - 1).spread);
        out.append(differs ? ", then " : " ≈ ");
      }
      out.append(order.get(i).label);
    }
    return out.append('.').toString();
  }

  private static String cell(Optional<SeedStatistics> spread, int digits) {
    String format = "%." + digits + "f";
    return spread
        .map(
            s ->
                s.count() == 1
                    ? number(format, s.mean())
                    : number(format, s.mean())
                        + "\n"
                        + number(format, s.least())
                        + "–"
                        + number(format, s.most()))
        .orElse(NONE);
  }

  private static String time(Optional<SeedStatistics> spread) {
    return spread
        .map(
            s ->
                number("%.1f s", s.mean())
                    + (s.count() == 1
                        ? ""
                        : "\n" + number("%.1f", s.least()) + "–" + number("%.1f s", s.most())))
        .orElse(NONE);
  }

  private static String mean(Optional<SeedStatistics> spread, String format) {
    return spread.map(s -> number(format, s.mean())).orElse(NONE);
  }

  private static String figure(
      Optional<Published> published, ToDoubleFunction<Published> number, String format) {
    return published.map(p -> number(format, number.applyAsDouble(p))).orElse(NONE);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
