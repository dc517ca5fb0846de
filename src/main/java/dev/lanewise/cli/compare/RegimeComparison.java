package dev.lanewise.cli.compare;

import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Plot;
import dev.lanewise.cli.support.TextTable;
import dev.lanewise.train.EpochResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Trains by full batches, single images and mini-batches: the same images, first weights and rule.
 *
 * <p>A full batch runs in equal slices, always the same ones in the same order, whose gradients the
 * optimizer adds up (gradient_accumulation_steps).
 */
public final class RegimeComparison extends Comparison {
  private static final String STEPS = "descent-cost.png";
  private static final String TIME = "descent-time.png";

  /** How many images it takes if the user does not say: single-image steps are slow. */
  public static final int IMAGES = 2000;

  /** All that is written into the folder. */
  public static final List<String> FILES =
      List.of("descent.csv", "descent.json", "descent.md", STEPS, TIME);

  /** Single images' costs go down to 0: what lies below is drawn here. */
  private static final double FLOOR = 0.01;

  private static final int FEW = 100;

  /** How many means of single images' costs an epoch shows. */
  private static final int WINDOWS = 20;

  private final OptimizerEntry optimizer;
  private final List<BatchRegime> regimes;

  /** Makes a comparison, which is yet to be run. */
  public RegimeComparison(
      Settings settings, Output output, OptimizerEntry optimizer, List<BatchRegime> regimes) {
    super(settings, output);
    this.optimizer = optimizer;
    this.regimes = List.copyOf(regimes);
  }

  @Override
  List<Run.Plan> plans() {
    return regimes.stream().map(this::plan).toList();
  }

  private Run.Plan plan(BatchRegime regime) {
    int images = settings().trainingImages();
    int batch = regime.batch(images, settings().batchSize());
    int steps = Math.ceilDiv(images, batch);
    int slices = regime == BatchRegime.FULL ? steps : 1;
    String spelling = optimizer.spelling();
    OptimizerEntry accumulating =
        slices == 1
            ? optimizer
            : OptimizerEntry.of(
                "%s%sgradient_accumulation_steps=%s"
                    .formatted(spelling, spelling.contains(":") ? "," : ":", slices));
    return new Run.Plan(
        regime.words(settings().batchSize()),
        accumulating,
        regime,
        batch,
        slices,
        steps / slices,
        settings().seed());
  }

  @Override
  String headline() {
    return "%s; %s, learning rate %s for all"
        .formatted(settings().sentence(), optimizer.label(), optimizer.rule().learningRate());
  }

  @Override
  List<TextTable> tables() {
    TextTable table =
        new TextTable(
            List.of(
                "descent by",
                "images\nan update",
                "updates\nan epoch",
                "training\nan epoch",
                "an\nupdate",
                "cost\nepoch 1",
                "cost\nepoch " + settings().epochs(),
                "jump of the cost\nbetween updates",
                "validation\naccuracy"));
    for (Run run : runs()) {
      List<EpochResult> epochs = run.history().epochs();
      double seconds = run.secondsAnEpoch();
      boolean ended = run.ended() != null;
      table.row(
          List.of(
              run.plan().label(),
              Integer.toString(run.plan().imagesAnUpdate()),
              Integer.toString(run.plan().updatesAnEpoch()),
              number("%.2f s", seconds),
              number("%.2f ms", 1e3 * seconds / run.plan().updatesAnEpoch()),
              figure(Run.cost(epochs.getFirst())),
              ended ? NONE : figure(Run.cost(epochs.getLast())),
              figure(run.noise()),
              ended ? NONE : figure(Run.validationAccuracy(epochs.getLast()))));
    }
    return List.of(table);
  }

  /** A number, or a dash for one that there is not. */
  private static String figure(double value) {
    return Double.isFinite(value) ? number("%.4f", value) : NONE;
  }

  @Override
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "Cost: mean over the images as they were met in training. Its jump between updates is the"
            + " mean over the last epoch. Times are those of training, without validation.");
    sentences.addAll(endings(Run.Plan::label));
    return sentences;
  }

  @Override
  String stem() {
    return "descent";
  }

  /** One line for each update. */
  @Override
  String csv() {
    StringBuilder out = new StringBuilder("descent,update,epochs,seconds,cost\n");
    for (Run run : runs()) {
      for (int i = 0; i < run.costs().length; i++) {
        out.append(run.plan().regime().label()).append(',').append(i + 1).append(',');
        out.append((i + 1.0) / run.plan().updatesAnEpoch()).append(',');
        out.append(run.seconds()[i]).append(',').append(run.costs()[i]).append('\n');
      }
    }
    return out.toString();
  }

  @Override
  Map<String, Object> moreSettings() {
    return JsonReport.object("optimizer", optimizer.spelling());
  }

  @Override
  Map<String, Object> members(Run run) {
    return JsonReport.object(
        "descent", run.plan().regime().label(),
        "images_an_update", run.plan().imagesAnUpdate(),
        "updates_an_epoch", run.plan().updatesAnEpoch());
  }

  @Override
  void plot(Path folder) throws IOException {
    String under =
        "%s images, %s, learning rate %s"
            .formatted(
                settings().trainingImages(), optimizer.label(), optimizer.rule().learningRate());
    byUpdate(under).write(folder.resolve(STEPS));
    byTime(under).write(folder.resolve(TIME));
  }

  /** Each update's cost: the noise of small steps is seen. */
  private Plot byUpdate(String under) {
    double most =
        runs().stream()
            .flatMapToDouble(run -> Arrays.stream(run.costs()))
            .filter(cost -> cost >= 1 && cost < Double.POSITIVE_INFINITY)
            .max()
            .orElse(1);
    Plot plot =
        new Plot(
                "Cost of each update – " + under,
                "epochs (images seen / images)",
                "cost of the update's images (log scale from " + FLOOR + ")")
            .logarithmic()
            .between(FLOOR, 1.2 * most)
            .wholeNumbers();
    List<Run> noisiestFirst =
        runs().stream()
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
      double sum = Arrays.stream(run.costs(), i * length, (i + 1) * length).sum();
      x[i] = (i + 0.5) * length / run.plan().updatesAnEpoch();
      y[i] = Math.max(sum / length, FLOOR);
    }
    plot.curve(run.plan().regime().color(), "single images (pale),\nand means of " + length, x, y);
  }

  /** Each epoch's mean cost against time: the price of a step is seen. */
  private Plot byTime(String under) {
    Plot plot =
        new Plot(
                "Cost against time – " + under,
                "training time in seconds, without validation; a marker an epoch",
                "training cost, mean over the epoch (log scale)")
            .yLabels(Plot::logLabel);
    for (Run run : runs()) {
      double[] y = Arrays.stream(run.costByEpoch()).map(Plot::logPlace).toArray();
      plot.line(run.plan().regime().color(), run.plan().label(), run.secondsByEpoch(), y);
    }
    return plot;
  }
}
