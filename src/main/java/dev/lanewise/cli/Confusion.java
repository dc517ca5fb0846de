package dev.lanewise.cli;

import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.TextTable;
import dev.lanewise.data.Labels;
import dev.lanewise.kernel.reduce.Reduce;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The confusion matrix: which classes a model predicted for which true classes. */
final class Confusion {
  /**
   * An image that was misread.
   *
   * @param image its number
   * @param truth its class
   * @param read what was read
   * @param probability how sure the model was of that
   */
  record Misread(int image, int truth, int read, float probability) {}

  private final int classes;
  private final int[][] counts;
  private final List<Misread> misread = new ArrayList<>();

  /** Counts predictions, one row of probabilities an image. */
  Confusion(Labels labels, float[] probabilities, Reduce reduce) {
    classes = probabilities.length / labels.count();
    counts = new int[classes][classes];
    for (int i = 0; i < labels.count(); i++) {
      int truth = labels.label(i);
      int read = reduce.argMax(classes, probabilities, i * classes);
      counts[truth][read]++;
      if (read != truth) {
        misread.add(new Misread(i, truth, read, probabilities[i * classes + read]));
      }
    }
  }

  /** How many images were misread. */
  int errors() {
    return misread.size();
  }

  /** The images that the model was surest of and wrong, the surest first. */
  List<Misread> worst(int most) {
    return misread.stream()
        .sorted(
            Comparator.comparingDouble((Misread one) -> -one.probability())
                .thenComparingInt(Misread::image))
        .limit(most)
        .toList();
  }

  /** Of what was read as a class, the share that is of it; NaN where nothing was. */
  double precision(int c) {
    int all = IntStream.range(0, classes).map(truth -> counts[truth][c]).sum();
    return all == 0 ? Double.NaN : counts[c][c] / (double) all;
  }

  /** Of a class's images, the share that was read as it; NaN where there is none. */
  double recall(int c) {
    int all = IntStream.of(counts[c]).sum();
    return all == 0 ? Double.NaN : counts[c][c] / (double) all;
  }

  int count(int truth, int read) {
    return counts[truth][read];
  }

  /**
   * A row a true class, a column a class that was read; behind them precision and recall; in blocks
   * that are at most so wide.
   */
  String table(int width) {
    List<String> header = new ArrayList<>(List.of("true\\read"));
    for (int c = 0; c < classes; c++) {
      header.add(Integer.toString(c));
    }
    header.addAll(List.of("precision", "recall"));
    TextTable table = new TextTable(header);
    for (int truth = 0; truth < classes; truth++) {
      List<String> row = new ArrayList<>(List.of(Integer.toString(truth)));
      for (int read = 0; read < classes; read++) {
        row.add(counts[truth][read] == 0 ? "." : Integer.toString(counts[truth][read]));
      }
      row.add(share(precision(truth)));
      row.add(share(recall(truth)));
      table.row(row);
    }
    return table.text(width);
  }

  /** The matrix, a row a true class, as reports have it. */
  int[][] matrix() {
    return counts;
  }

  /** Each class's figures, as reports have them. */
  List<Map<String, Object>> figures() {
    return IntStream.range(0, classes)
        .mapToObj(
            c ->
                JsonReport.object(
                    "class", c,
                    "images", IntStream.of(counts[c]).sum(),
                    "precision", precision(c),
                    "recall", recall(c)))
        .toList();
  }

  private static String share(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.4f", share);
  }
}
