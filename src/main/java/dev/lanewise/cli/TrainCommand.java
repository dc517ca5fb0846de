package dev.lanewise.cli;

import dev.lanewise.cli.CheckpointOptions.Start;
import dev.lanewise.cli.LoadOptions.Loaded;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.OutputGuard;
import dev.lanewise.cli.support.Plot;
import dev.lanewise.cli.support.Terminal;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.onnx.Onnx;
import dev.lanewise.optim.LearningRate;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.History;
import dev.lanewise.train.Trainer;
import dev.lanewise.train.callback.Checkpoints;
import dev.lanewise.train.callback.ProgressLine;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Trains the MNIST CNN. */
@Command(
    name = "train",
    usageHelpWidth = 100,
    description = {
      "Trains the MNIST CNN and validates it on the test set after each epoch.",
      "If the training diverges (the loss or a weight becomes NaN or infinite), the exit code is 1;"
          + " the files that were asked for are written all the same."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Lanewise.Version.class,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  private static final int EPOCHS = 10;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME[:KEY=VALUE,...]",
      defaultValue = "adam",
      completionCandidates = OptimizerOption.Names.class,
      description =
          OptimizerOption.HELP
              + "Optimizers: ${COMPLETION-CANDIDATES}; a wrong key lists the right ones"
              + " (default: ${DEFAULT-VALUE}).")
  private String optimizer = "adam";

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "Number of passes over the images (default: "
              + EPOCHS
              + "; with --resume, as many as the first run planned).")
  private @Nullable Integer epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "64",
      description = "Images per step (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "Learning rate, the same as --optimizer's key lr (default: the optimizer's).")
  private @Nullable Double learningRate;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Seed of the weights, the order of the images and dropout; the same seed gives the same bits"
              + " (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--limit", paramLabel = "N", description = "Trains on the first N images only.")
  private @Nullable Integer limit;

  @Option(
      names = "--no-validation",
      description = "Does not evaluate on the test set after each epoch.")
  private boolean noValidation;

  @ParentCommand private @Nullable Lanewise program;

  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final MachineOptions machine = new MachineOptions();
  @Mixin private final CheckpointOptions checkpoints = new CheckpointOptions();
  @Mixin private final LoadOptions loading = new LoadOptions();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      converter = RunFiles.OutputConverter.class,
      description =
          "Writes settings and results as JSON. As for any file option, - is standard output;"
              + " everything else then goes to standard error.")
  private @Nullable Path json;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      converter = RunFiles.OutputConverter.class,
      description = "Writes the weights as safetensors, or the model as ONNX if FILE ends so.")
  private @Nullable Path save;

  @Option(
      names = "--onnx-images",
      paramLabel = "ORDER",
      defaultValue = "nchw",
      description = "Order of the images' dimensions in ONNX: nchw or nhwc (default: nchw).")
  private Onnx.Images images = Onnx.Images.NCHW;

  @Mixin private final LayoutOptions layout = new LayoutOptions();

  @Option(
      names = "--plots",
      paramLabel = "DIR",
      description = "Draws loss and accuracy by epoch into a folder.")
  private @Nullable Path plots;

  @Mixin private final OutputOptions output = new OutputOptions();

  private @Nullable Path drawing;

  TrainCommand() {}

  @Override
  public Integer call() {
    machine.apply();
    Optimizer rule = OptimizerOption.of(optimizer, learningRate);
    Integer asked = epochs;
    CommandLineFaults.checkAtLeastOne("--epochs", asked == null ? EPOCHS : asked);
    CommandLineFaults.checkAtLeastOne("--batch-size", batchSize);
    checkpoints.check();
    loading.check(checkpoints.isResuming());
    RunFiles files = files();
    layout.check("--save", save, MnistCnn.create(0));
    drawing = plots != null && Plot.canDraw(true) ? plots : null;
    PrintStream out = files.console();
    Optional<Start> start = checkpoints.start();
    Sequential model = MnistCnn.create(seed);
    Optional<Loaded> loaded = loading.into(model, layout);
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      Mnist mnist = data.load();
      Lanewise parent = program;
      if (parent != null) {
        parent.rehearsal().close();
      }
      Dataset images = DataOptions.limited(mnist.train(), limit);
      Dataset validation = noValidation ? null : mnist.test();
      Setup setup = new Setup(rule, model, start, loaded, images, validation, kernels);
      Optional<Checkpoints> saving = checkpoints.saving(start, TrainCommand::note);
      Callback warmup = new Warmup(team);
      boolean leavesFiles = json != null || save != null || plots != null || checkpoints.isSaving();
      Callback guard = new OutputGuard(out, leavesFiles);
      if (saving.isEmpty()) {
        train(setup, List.of(warmup, guard), out);
      } else {
        try (Interruption interruption =
            new Interruption(saving.get(), loading.given(), TrainCommand::complain)) {
          train(setup, List.of(warmup, saving.get(), interruption, guard), out);
        }
      }
    }
    return Lanewise.OK;
  }

  private RunFiles files() {
    RunFiles files = new RunFiles();
    data.addTo(files);
    layout.addTo(files);
    checkpoints.addTo(files);
    loading.addTo(files);
    return files
        .writesInto("--plots", plots, TrainingPlots.FILES)
        .writesReport("--json", json)
        .writes("--save", save);
  }

  /** What is trained: a model, which is to be resumed, or whose weights were loaded; and how. */
  private record Setup(
      Optimizer rule,
      Sequential model,
      Optional<Start> start,
      Optional<Loaded> loaded,
      Dataset images,
      @Nullable Dataset validation,
      Kernels kernels) {}

  private void train(Setup setup, List<Callback> callbacks, PrintStream out) {
    Optional<Start> start = setup.start();
    Integer asked = epochs;
    int planned = start.map(from -> from.checkpoint().plannedEpochs()).orElse(EPOCHS);
    FitOptions options = new FitOptions(asked == null ? planned : asked, batchSize);
    if (setup.validation() != null) {
      options = options.withValidation(setup.validation());
    }
    if (!output.isQuiet()) {
      options =
          options.withCallback(new ProgressLine(out, output.isTerminal(), Terminal.widthOf(out)));
    }
    for (Callback callback : callbacks) {
      options = options.withCallback(callback);
    }
    List<EpochResult> before = start.map(from -> from.checkpoint().results()).orElse(List.of());
    options = options.withCallback(new DivergenceNote(before, TrainCommand::note));
    if (start.isPresent()) {
      LearningRate rate = setup.rule().learningRate();
      options =
          options.withCallback(
              start.get().announcing(rate, options.epochs(), out, TrainCommand::note));
    }
    if (setup.loaded().isPresent() && !output.isQuiet()) {
      out.println("Beginning with the weights in " + setup.loaded().get().file());
    }
    History history = history(setup, options);
    out.println(summary(setup.rule(), history));
    Optional<Divergence> diverged = Divergence.of(history, setup.model());
    String failed = write(setup, history, diverged);
    if (diverged.isPresent()) {
      failed += " " + sentence(diverged.get(), setup.model());
    }
    if (!failed.isEmpty()) {
      throw UserException.failed(failed.strip());
    }
  }

  private History history(Setup setup, FitOptions options) {
    Trainer trainer =
        new Trainer(
            setup.model(),
            setup.rule(),
            Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
            setup.kernels(),
            seed);
    try {
      return setup.start().isPresent()
          ? trainer.resume(setup.images(), options, setup.start().get().checkpoint())
          : trainer.fit(setup.images(), options);
    } catch (IllegalArgumentException unfit) {
      throw UserException.failed(unfit);
    } catch (UncheckedIOException failed) {
      IOException cause = failed.getCause();
      throw UserException.failed(cause == null ? failed : cause);
    }
  }

  /** What a training that diverged has to say at its end. */
  private String sentence(Divergence diverged, Sequential model) {
    String weights =
        Divergence.notFinite(model)
            .map(weight -> weight.toString().equals(diverged.reason()) ? "" : "; " + weight)
            .orElse("; its weights are finite nevertheless");
    return "The training "
        + diverged.words()
        + weights
        + (save == null ? "" : "; these are the weights in " + save)
        + checkpoints.ofDiverged(diverged.epoch());
  }

  private static void note(String sentence) {
    complain("Note: " + sentence);
  }

  private static void complain(String sentence) {
    System.err.println(sentence);
  }

  private static String summary(Optimizer rule, History history) {
    Evaluation validation = history.last().validation();
    Evaluation last = validation == null ? history.last().training() : validation;
    String of = validation == null ? "training" : "validation";
    int epochs = history.epochs().size();
    return String.format(
        Locale.ROOT,
        "%1$s, %2$d epoch%3$s in %4$.1f s: %5$s accuracy %6$.4f, %5$s loss %7$.4f",
        rule.name(),
        epochs,
        epochs == 1 ? "" : "s",
        history.totalSeconds(),
        of,
        last.accuracy(),
        last.loss());
  }

  /** Writes what was asked for, and returns what could not be written, in sentences. */
  private String write(Setup setup, History history, Optional<Divergence> diverged) {
    Path weights = save;
    Path results = json;
    Path pictures = drawing;
    String title = "%s CNN, %s, seed %s".formatted(data.description(), setup.rule().name(), seed);
    // All are tried before a failure ends the run.
    return (weights == null
            ? ""
            : failure(() -> layout.save(setup.model(), weights, images, metadata(setup, history))))
        + (results == null
            ? ""
            : failure(() -> JsonReport.write(results, report(setup, history, diverged))))
        + (pictures == null ? "" : failure(() -> TrainingPlots.write(pictures, title, history)));
  }

  private Map<String, Object> settings(Setup setup, History history) {
    Optimizer rule = setup.rule();
    Loaded loaded = setup.loaded().orElse(null);
    Dataset validation = setup.validation();
    return JsonReport.object(
        "optimizer", rule.name(),
        "hyper_parameters", rule.toString(),
        "learning_rate", rule.learningRate().at(0),
        "epochs", history.epochs().size(),
        "batch_size", batchSize,
        "seed", seed,
        "loaded", loaded == null ? null : loaded.file().toString(),
        "loaded_layout", loaded == null ? null : loaded.layoutName(),
        "data", data.description(),
        "training_images", setup.images().count(),
        "validation_images", validation == null ? 0 : validation.count());
  }

  /** The settings as a model's file keeps them. */
  private SequencedMap<String, String> metadata(Setup setup, History history) {
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    settings(setup, history)
        .forEach(
            (key, value) -> {
              if (value != null) {
                metadata.put("training." + key, value.toString());
              }
            });
    return metadata;
  }

  /** Settings, what it really ran on, and each epoch's results. */
  private Map<String, Object> report(Setup setup, History history, Optional<Divergence> diverged) {
    return JsonReport.object(
        "settings", settings(setup, history),
        "versions", JsonReport.versions(),
        "machine", JsonReport.machine(setup.kernels()),
        "total_seconds", history.totalSeconds(),
        "diverged",
            diverged
                .map(how -> JsonReport.object("epoch", how.epoch(), "reason", how.reason()))
                .orElse(null),
        "epochs", history.epochs().stream().map(JsonReport::epoch).toList());
  }

  /** Something that writes a file. */
  private interface Writing {
    void write() throws IOException;
  }

  /** Why writing failed, in a sentence behind a space; empty if it did not. */
  private static String failure(Writing writing) {
    try {
      writing.write();
      return "";
    } catch (IOException e) {
      return " " + e.getMessage();
    }
  }
}
