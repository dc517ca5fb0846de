package dev.lanewise.cli.compare;

import dev.lanewise.cli.support.Plot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The cost curves of the kinds of gradient descent. */
final class RegimePlots {
  static final String STEPS = "descent-cost.png";
  static final String TIME = "descent-time.png";

  /** Single images' costs go down to 0: what lies below is drawn here. */
  private static final double FLOOR = 0.01;

  private static final int FEW = 100;

  /** How many means of single images' costs an epoch shows. */
  private static final int WINDOWS = 20;

  private RegimePlots() {}

  static void write(RegimeComparison comparison, Path folder) throws IOException {
    OptimizerEntry optimizer = comparison.optimizer();
    String under =
        "%s images, %s, learning rate %s"
            .formatted(
                comparison.settings().trainingImages(),
                optimizer.label(),
                optimizer.rule().learningRate());
    byUpdate(comparison, under).write(folder.resolve(STEPS));
    byTime(comparison, under).write(folder.resolve(TIME));
  }

  /** Each update's cost: the noise of small steps is seen. */
  private static Plot byUpdate(RegimeComparison comparison, String under) {
    double most = 1;
    for (Run run : comparison.runs()) {
      most = Math.max(most, Arrays.stream(run.costs()).filter(Double::isFinite).max().orElse(1));
    }
    Plot plot =
        new Plot(
                "Cost of each update – " + under,
                "epochs (images seen / images)",
                "cost of the update's images (log scale from " + FLOOR + ")")
            .logarithmic()
            .between(FLOOR, 1.2 * most)
            .wholeNumbers();
    List<Run> noisiestFirst =
        comparison.runs().stream()
            .sorted(Comparator.comparingInt((Run run) -> run.plan().imagesAnUpdate()))
            .toList(); // so that none is hidden
    for (Run run : noisiestFirst) {
      Run.Plan plan = run.plan();
      int color = plan.regime().color();
      double[] costs = run.costs();
      double[] x = new double[costs.length];
      double[] y = new double[costs.length];
      for (int i = 0; i < x.length; i++) {
        x[i] =
            (double) i / plan.updatesAnEpoch(); // a cost is that of the weights before the update
        y[i] = Math.max(costs[i], FLOOR);
      }
      if (x.length <= FEW) {
        plot.line(color, plan.label(), x, y);
      } else if (plan.regime() == BatchRegime.SINGLE && plan.updatesAnEpoch() >= WINDOWS) {
        plot.cloud(color, plan.label(), x, y);
        addMeans(plot, run);
      } else {
        plot.curve(color, plan.label(), x, y);
      }
    }
    return plot;
  }

  /** What single images' costs hide: their mean over stretches of an epoch. */
  private static void addMeans(Plot plot, Run run) {
    int length = run.plan().updatesAnEpoch() / WINDOWS;
    int count = run.costs().length / length;
    if (count == 0) {
      return; // ended early
    }
    double[] x = new double[count];
    double[] y = new double[count];
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int j = 0; j < length; j++) {
        sum += run.costs()[i * length + j];
      }
      x[i] = (i + 0.5) * length / run.plan().updatesAnEpoch();
      y[i] = Math.max(sum / length, FLOOR);
    }
    plot.curve(run.plan().regime().color(), "single images (pale),\nand means of " + length, x, y);
  }

  /** Each epoch's mean cost against time: the price of a step is seen. */
  private static Plot byTime(RegimeComparison comparison, String under) {
    Plot plot =
        new Plot(
                "Cost against time – " + under,
                "training time in seconds, without validation; a marker an epoch",
                "training cost, mean over the epoch (log scale)")
            .yLabels(Plot::logLabel);
    for (Run run : comparison.runs()) {
      double[] y = Arrays.stream(run.costByEpoch()).map(Plot::logPlace).toArray();
      plot.line(run.plan().regime().color(), run.plan().label(), run.secondsByEpoch(), y);
    }
    return plot;
  }
}
