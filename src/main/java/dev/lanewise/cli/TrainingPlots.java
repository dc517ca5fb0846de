package dev.lanewise.cli;

import dev.lanewise.cli.support.Plot;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** The plots of one training: loss and accuracy by epoch, of training and validation. */
final class TrainingPlots {
  static final String LOSS = "loss.png";
  static final String ACCURACY = "accuracy.png";

  /** All that is written. */
  static final List<String> FILES = List.of(LOSS, ACCURACY);

  private TrainingPlots() {}

  static void write(Path folder, String title, History history) throws IOException {
    plot("Loss by epoch – " + title, "loss, mean over the images", history, Evaluation::loss)
        .write(folder.resolve(LOSS));
    plot("Accuracy by epoch – " + title, "accuracy", history, Evaluation::accuracy)
        .write(folder.resolve(ACCURACY));
  }

  private static Plot plot(
      String title, String yTitle, History history, ToDoubleFunction<Evaluation> number) {
    List<EpochResult> epochs = history.epochs();
    double[] x = epochs.stream().mapToDouble(EpochResult::epoch).toArray();
    Plot plot =
        new Plot(title, "epoch", yTitle)
            .wholeNumbers()
            .yLabels(place -> String.format(Locale.ROOT, "%.4f", place));
    plot.line(
        4, "training", x, epochs.stream().map(EpochResult::training).mapToDouble(number).toArray());
    if (epochs.stream().allMatch(epoch -> epoch.validation() != null)) {
      double[] y =
          epochs.stream()
              .map(epoch -> Objects.requireNonNull(epoch.validation()))
              .mapToDouble(number)
              .toArray();
      plot.line(3, "validation", x, y);
    }
    return plot;
  }
}
