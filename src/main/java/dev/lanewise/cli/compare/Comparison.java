package dev.lanewise.cli.compare;

import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Machine;
import dev.lanewise.cli.support.OutputGuard;
import dev.lanewise.cli.support.Terminal;
import dev.lanewise.cli.support.TextTable;
import dev.lanewise.data.Mnist;
import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.History;
import dev.lanewise.train.Trainer;
import dev.lanewise.train.Training;
import dev.lanewise.train.callback.TerminateOnNaN;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Trains side by side, and reports in tables, sentences, CSV, JSON and plots. */
public abstract sealed class Comparison permits OptimizerComparison, RegimeComparison {
  static final String WARM_UP =
      "Before the first run one epoch of each kind is trained and thrown away, in the same VM; total"
          + " time is the whole of fit, validation included.";

  /** What a table has where there is no figure. */
  static final String NONE = "–";

  private final Settings settings;
  private final Output output;
  private final List<Run> runs = new ArrayList<>();

  Comparison(Settings settings, Output output) {
    this.settings = settings;
    this.output = output;
  }

  /**
   * What all runs have in common.
   *
   * @param data what the images are
   * @param images to train on, and to validate with after each epoch
   * @param seeds how many, from {@code seed} on
   */
  public record Settings(
      String data, Mnist images, int epochs, int batchSize, long seed, int seeds, Kernels kernels) {
    int trainingImages() {
      return images.train().count();
    }

    String sentence() {
      return "%s, %s training and %s validation images, batches of %s, %s; %s, %s, %s, JDK %s"
          .formatted(
              data,
              trainingImages(),
              images.test().count(),
              batchSize,
              seeds == 1 ? "seed " + seed : "seeds " + seed + " to " + (seed + seeds - 1),
              Machine.processor(),
              kernels.threads() == 1 ? "1 thread" : kernels.threads() + " threads",
              kernels.vectorBits() == 0
                  ? "scalar kernels"
                  : "vectors of " + kernels.vectorBits() + " bits",
              Runtime.version().feature());
    }

    private Map<String, Object> members() {
      return JsonReport.object(
          "data", data,
          "training_images", trainingImages(),
          "validation_images", images.test().count(),
          "epochs", epochs,
          "batch_size", batchSize,
          "seed", seed,
          "seeds", seeds);
    }
  }

  /**
   * Where results go.
   *
   * @param console takes lines and tables
   * @param folder of the files; null if none are written
   * @param plots whether plots are drawn into the folder
   */
  public record Output(PrintStream console, @Nullable Path folder, boolean plots) {}

  /** What is trained, in this order. */
  abstract List<Run.Plan> plans();

  /** What stands above the tables, without a full stop. */
  abstract String headline();

  abstract List<TextTable> tables();

  /** What stands below the tables. */
  abstract List<String> sentences();

  /** The file names' stem. */
  abstract String stem();

  abstract String csv();

  /** What JSON has of the settings besides those of all comparisons. */
  abstract Map<String, Object> moreSettings();

  /** What JSON has of a run before what it has of all. */
  abstract Map<String, Object> members(Run run);

  abstract void plot(Path target) throws IOException;

  /** Why runs ended early, in a sentence each. */
  final List<String> endings(Function<Run.Plan, String> label) {
    return runs.stream()
        .filter(run -> run.ended != null)
        .map(run -> label.apply(run.plan) + ": " + run.ended + ".")
        .toList();
  }

  final Settings settings() {
    return settings;
  }

  /** The runs so far. */
  final List<Run> runs() {
    return runs;
  }

  /**
   * Trains, and writes what is known after each run: nothing is lost if a later one fails.
   *
   * @throws IOException if a result cannot be written
   */
  public final void run() throws IOException {
    PrintStream out = output.console;
    List<Run.Plan> plans = plans(); // what cannot be done is refused before anything is trained
    out.println(headline() + ".");
    for (Run.Plan plan : plans) {
      if (plan.seed() == settings.seed) {
        out.println("Warm-up: " + plan.label());
        trainer(plan).fit(settings.images.train(), options(plan, 1));
      }
    }
    for (Run.Plan plan : plans) {
      out.printf(
          Locale.ROOT,
          "%s, seed %d (run %d of %d)%n",
          plan.label(),
          plan.seed(),
          runs.size() + 1,
          plans.size());
      runs.add(train(plan));
      writeNumbers();
    }
    out.println();
    out.print(text(Terminal.widthOf(out)));
    Path folder = output.folder;
    if (folder != null) {
      if (output.plots) {
        plot(folder);
      }
      out.println("Tables, numbers" + (output.plots ? " and plots" : "") + " are in " + folder);
    }
  }

  private Trainer trainer(Run.Plan plan) {
    return new Trainer(
        MnistCnn.create(plan.seed()),
        plan.optimizer().rule(),
        Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
        settings.kernels,
        plan.seed());
  }

  private FitOptions options(Run.Plan plan, int epochs, Callback... callbacks) {
    boolean shuffle = plan.regime() != BatchRegime.FULL;
    return new FitOptions(epochs, plan.batch(), shuffle, settings.images.test(), List.of(callbacks))
        .withCallback(new OutputGuard(output.console, output.folder != null));
  }

  private Run train(Run.Plan plan) {
    RunLog log = new RunLog(plan);
    TerminateOnNaN guard = new TerminateOnNaN();
    FitOptions options = options(plan, settings.epochs, guard, log);
    Trainer trainer = trainer(plan);
    History history = trainer.fit(settings.images.train(), options);
    // A training may be of no use though it did not end early.
    String ended =
        guard
            .reason()
            .or(
                () ->
                    Divergence.of(history, trainer.model())
                        .map(how -> "the training " + how.words()))
            .orElse(null);
    output.console.println(
        ended == null
            ? String.format(Locale.ROOT, "  %.1f s in all", history.totalSeconds())
            : "  ended: " + ended);
    return new Run(plan, history, ended, log.costs(), log.seconds());
  }

  /**
   * Keeps each update's cost, before it changed the weights, and the training time after it, and
   * prints a line an epoch.
   */
  private final class RunLog implements Callback {
    private final double[] costs;
    private final double[] seconds;
    private final int slices;
    private int updates;
    private int slicesDone;
    private double sum;
    private double secondsBefore;

    RunLog(Run.Plan plan) {
      costs = new double[Math.multiplyExact(plan.updatesAnEpoch(), settings.epochs)];
      seconds = new double[costs.length];
      slices = plan.slices();
    }

    @Override
    public void onLoss(Training training, double loss) {
      sum += loss;
    }

    @Override
    public void onBatchEnd(Training training) {
      slicesDone++;
      if (slicesDone == slices) {
        costs[updates] = sum / slices;
        seconds[updates] = secondsBefore + training.seconds();
        updates++;
        slicesDone = 0;
        sum = 0;
      }
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
      secondsBefore += result.trainSeconds();
      Evaluation validation = Run.validation(result);
      output.console.printf(
          Locale.ROOT,
          "  epoch %d/%d: cost %.4f, accuracy %.4f; validation accuracy %.4f, loss %.4f, %.1f s%n",
          result.epoch(),
          training.epochs(),
          result.training().loss(),
          result.training().accuracy(),
          validation.accuracy(),
          validation.loss(),
          result.trainSeconds() + result.validationSeconds());
    }

    double[] costs() {
      return Arrays.copyOf(costs, updates);
    }

    double[] seconds() {
      return Arrays.copyOf(seconds, updates);
    }
  }

  /** For the terminal, with tables in blocks that are at most so wide. */
  private String text(int width) {
    String tables =
        tables().stream().map(table -> table.text(width) + "\n").collect(Collectors.joining());
    return heading() + tables + String.join("\n", sentences()) + "\n";
  }

  private String markdown() {
    String tables =
        tables().stream().map(table -> table.markdown() + "\n").collect(Collectors.joining());
    String list = sentences().stream().map(one -> "- " + one + "\n").collect(Collectors.joining());
    return heading() + tables + list;
  }

  private String heading() {
    return headline() + ".\n" + WARM_UP + "\n\n";
  }

  private void writeNumbers() throws IOException {
    Path folder = output.folder;
    if (folder != null) {
      write(folder.resolve(stem() + ".csv"), csv());
      JsonReport.write(folder.resolve(stem() + ".json"), json());
      write(folder.resolve(stem() + ".md"), markdown());
    }
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Map<String, Object> json() {
    Map<String, Object> common = settings.members();
    common.putAll(moreSettings());
    return JsonReport.object(
        "settings", common,
        "versions", JsonReport.versions(),
        "machine", JsonReport.machine(settings.kernels),
        "runs", runs.stream().map(this::json).toList());
  }

  private Map<String, Object> json(Run run) {
    Map<String, Object> members = members(run);
    members.putAll(
        JsonReport.object(
            "total_seconds", run.history().totalSeconds(),
            "ended", run.ended(),
            "epochs", run.history().epochs().stream().map(JsonReport::epoch).toList()));
    return members;
  }

  static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /**
   * A training of a comparison.
   *
   * @param costs the mean cost of each update's images
   * @param seconds the training time, without validation, when each update was done
   * @param ended why it ended early or diverged, if it did
   */
  @SuppressWarnings("ArrayRecordComponent") // a record of one run, which nobody compares
  record Run(Plan plan, History history, @Nullable String ended, double[] costs, double[] seconds) {
    /**
     * What is trained.
     *
     * @param label what tables and legends call it
     * @param batch the images of a step of the network
     * @param slices the steps whose gradients make an update
     */
    record Plan(
        String label,
        OptimizerEntry optimizer,
        BatchRegime regime,
        int batch,
        int slices,
        int updatesAnEpoch,
        long seed) {
      /** How many images' gradients make an update. */
      int imagesAnUpdate() {
        return batch * slices;
      }
    }

    static Evaluation validation(EpochResult result) {
      Evaluation validation = result.validation();
      if (validation == null) {
        throw new IllegalStateException("a comparison is validated");
      }
      return validation;
    }

    static double validationAccuracy(EpochResult result) {
      return validation(result).accuracy();
    }

    static double validationLoss(EpochResult result) {
      return validation(result).loss();
    }

    static double cost(EpochResult result) {
      return result.training().loss();
    }

    /** Each epoch's mean cost. */
    double[] costByEpoch() {
      return history.epochs().stream().mapToDouble(Run::cost).toArray();
    }

    /** The training time at each epoch's end, validation not counted. */
    double[] secondsByEpoch() {
      List<EpochResult> epochs = history.epochs();
      double[] result = new double[epochs.size()];
      double sum = 0;
      for (int i = 0; i < result.length; i++) {
        sum += epochs.get(i).trainSeconds();
        result[i] = sum;
      }
      return result;
    }

    /** The mean training time of an epoch. */
    double secondsAnEpoch() {
      double[] all = secondsByEpoch();
      return all[all.length - 1] / all.length;
    }

    /** By how much the cost jumps from one update to the next, on average over the last epoch. */
    double noise() {
      int from = Math.max(1, costs.length - plan.updatesAnEpoch);
      double sum = 0;
      for (int i = from; i < costs.length; i++) {
        sum += Math.abs(costs[i] - costs[i - 1]);
      }
      return costs.length > from && ended == null ? sum / (costs.length - from) : Double.NaN;
    }
  }
}
