package dev.lanewise.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The cost curves of the kinds of gradient descent. */
final class DescentPlots {
  static final String STEPS = "descent-cost.png";
  static final String TIME = "descent-time.png";

  /** Single images' costs go down to 0: what lies below is drawn here. */
  private static final double FLOOR = 1e-3;

  private static final int FEW = 100;

  private DescentPlots() {}

  static void write(DescentReport report, Path folder) throws IOException {
    String under =
        report.settings().trainingImages()
            + " images, "
            + report.optimizer().label()
            + ", learning rate "
            + report.optimizer().rule().learningRate();
    byUpdate(report, under).write(folder.resolve(STEPS));
    byTime(report, under).write(folder.resolve(TIME));
  }

  /** Each update's cost: the noise of small steps is seen. */
  private static Plot byUpdate(DescentReport report, String under) {
    double most = 1;
    for (DescentRun run : report.runs()) {
      most = Math.max(most, Arrays.stream(run.costs()).max().orElse(1));
    }
    Plot plot =
        new Plot(
                "Cost of each update – " + under,
                "epochs (images seen / images)",
                "cost of the update's images (log scale from " + FLOOR + ")")
            .logarithmic()
            .between(FLOOR, 1.2 * most)
            .wholeNumbers();
    // The noisiest first, so that it hides none.
    for (DescentRun run : noisiestFirst(report)) {
      double[] costs = run.costs();
      double[] x = new double[costs.length];
      double[] y = new double[costs.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = (double) i / run.updatesAnEpoch(); // a cost is that of the weights before the update
        y[i] = Math.max(costs[i], FLOOR);
      }
      if (x.length <= FEW) {
        plot.line(run.kind().color(), run.label(), x, y);
      } else {
        plot.curve(run.kind().color(), run.label(), x, y, run.kind() == Descent.SINGLE);
      }
    }
    return plot;
  }

  /** Each epoch's mean cost against time: the price of a step is seen. */
  private static Plot byTime(DescentReport report, String under) {
    Plot plot =
        new Plot(
                "Cost against time – " + under,
                "training time in seconds, without validation; a marker an epoch",
                "training cost, mean over the epoch (log scale)")
            .logarithmic();
    for (DescentRun run : report.runs()) {
      double[] y = Arrays.stream(run.costByEpoch()).map(c -> Math.max(c, 1e-6)).toArray();
      plot.line(run.kind().color(), run.label(), run.secondsByEpoch(), y);
    }
    return plot;
  }

  private static List<DescentRun> noisiestFirst(DescentReport report) {
    return report.runs().stream()
        .sorted(Comparator.comparingInt(DescentRun::imagesAnUpdate))
        .toList();
  }
}
