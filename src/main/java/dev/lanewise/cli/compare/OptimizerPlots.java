package dev.lanewise.cli.compare;

import dev.lanewise.cli.compare.Comparison.Settings;
import dev.lanewise.cli.support.Plot;
import dev.lanewise.train.EpochResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * A comparison's plots: one line an optimizer, the mean over the seeds and thin lines around it.
 */
final class OptimizerPlots {
  static final String COST = "training-cost.png";
  static final String ACCURACY = "validation-accuracy.png";

  private final OptimizerComparison comparison;
  private final String under;

  OptimizerPlots(OptimizerComparison comparison) {
    this.comparison = comparison;
    Settings settings = comparison.settings();
    under =
        "%s CNN, %s images, batches of %s, %s"
            .formatted(
                settings.data(),
                settings.trainingImages(),
                settings.batchSize(),
                settings.seeds() == 1
                    ? "seed " + settings.seed()
                    : "mean and range of " + settings.seeds() + " seeds");
  }

  void write(Path folder) throws IOException {
    Plot cost =
        new Plot("Training cost by epoch – " + under, "epoch", "training cost, mean (log scale)")
            .wholeNumbers()
            .yLabels(Plot::logLabel);
    add(cost, Run::cost, Plot::logPlace);
    cost.write(folder.resolve(COST));
    Plot accuracy =
        new Plot(
                "Validation accuracy by epoch – " + under,
                "epoch",
                "validation accuracy (log scale of the errors)")
            .wholeNumbers()
            .yLabels(OptimizerPlots::accuracy);
    add(accuracy, Run::validationAccuracy, OptimizerPlots::place);
    accuracy.write(folder.resolve(ACCURACY));
  }

  /** Where an accuracy lies on an axis on which a tenth of the errors is one unit more. */
  private static double place(double accuracy) {
    return -StrictMath.log10(Math.max(1 - accuracy, 1e-4));
  }

  /** The accuracy at a place. */
  private static String accuracy(double place) {
    double errors = StrictMath.pow(10, -place);
    return String.format(Locale.ROOT, errors < 0.01 ? "%.4f" : "%.3f", 1 - errors);
  }

  private void add(Plot plot, ToDoubleFunction<EpochResult> number, DoubleUnaryOperator place) {
    for (int i = 0; i < comparison.optimizers().size(); i++) {
      OptimizerEntry optimizer = comparison.optimizers().get(i);
      List<SeedStatistics> statistics = new ArrayList<>();
      List<Double> epochs = new ArrayList<>();
      for (int epoch = 1; epoch <= comparison.settings().epochs(); epoch++) {
        Optional<SeedStatistics> one = comparison.at(optimizer, epoch, number);
        if (one.isPresent()) {
          statistics.add(one.get());
          epochs.add((double) epoch);
        }
      }
      if (statistics.isEmpty()) {
        continue; // its first epoch already was ended
      }
      double[] x = epochs.stream().mapToDouble(e -> e).toArray();
      String label = optimizer.label();
      if (comparison.settings().seeds() > 1) {
        plot.edge(i, label + " least", x, values(statistics, SeedStatistics::least, place));
        plot.edge(i, label + " most", x, values(statistics, SeedStatistics::most, place));
      }
      plot.line(i, label, x, values(statistics, SeedStatistics::mean, place));
    }
  }

  private static double[] values(
      List<SeedStatistics> statistics,
      ToDoubleFunction<SeedStatistics> number,
      DoubleUnaryOperator place) {
    return statistics.stream().mapToDouble(number).map(place).toArray();
  }
}
