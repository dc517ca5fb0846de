package dev.lanewise.cli;

import dev.lanewise.cli.LoadOptions.Loaded;
import dev.lanewise.cli.support.FoldingStream;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.OutputGuard;
import dev.lanewise.cli.support.Plot;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
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
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
    versionProvider = VersionProvider.class,
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
      converter = OutputFile.Converter.class,
      description =
          "Writes settings and results as JSON. As for any file option, - is standard output;"
              + " everything else then goes to standard error.")
  private @Nullable Path json;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      converter = OutputFile.Converter.class,
      description = "Writes the weights as safetensors.")
  private @Nullable Path save;

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
    OptionChecks.atLeastOne("--epochs", asked == null ? EPOCHS : asked);
    OptionChecks.atLeastOne("--batch-size", batchSize);
    checkpoints.check();
    loading.check(checkpoints.isResuming());
    Path folder = OutputFolder.made("--plots", plots);
    RunFiles files = files(folder);
    layout.check("--save", save, MnistCnn.create(0));
    drawing = folder != null && Plot.canDraw(true) ? folder : null;
    PrintStream out = files.console();
    Optional<Start> start = checkpoints.start();
    Sequential model = MnistCnn.create(seed);
    Beginning beginning = new Beginning(model, start, loading.into(model, layout));
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      Mnist mnist = data.load();
      Lanewise parent = program;
      if (parent != null) {
        parent.rehearsal().close();
      }
      Dataset images = OptionChecks.limited(mnist.train(), limit);
      Dataset validation = noValidation ? null : mnist.test();
      Optional<Checkpoints> saving = checkpoints.saving(start, TrainCommand::note);
      Callback warmup = new Warmup(team);
      boolean leavesFiles = json != null || save != null || plots != null || checkpoints.isSaving();
      Callback guard = new OutputGuard(out, leavesFiles);
      if (saving.isEmpty()) {
        train(rule, images, validation, kernels, beginning, List.of(warmup, guard), out);
      } else {
        try (Interruption interruption =
            new Interruption(saving.get(), loading.given(), TrainCommand::complain)) {
          List<Callback> callbacks = List.of(warmup, saving.get(), interruption, guard);
          train(rule, images, validation, kernels, beginning, callbacks, out);
        }
      }
    }
    return Lanewise.OK;
  }

  private RunFiles files(@Nullable Path folder) {
    RunFiles files = new RunFiles();
    data.addTo(files);
    layout.addTo(files);
    checkpoints.addTo(files);
    loading.addTo(files);
    return files
        .writesInto("--plots", folder, TrainingPlots.FILES)
        .writesReport("--json", json)
        .writes("--save", save);
  }

  /** What a training begins with: a model, which is to be resumed, or whose weights were loaded. */
  private record Beginning(Sequential model, Optional<Start> start, Optional<Loaded> loaded) {}

  private void train(
      Optimizer rule,
      Dataset images,
      @Nullable Dataset validation,
      Kernels kernels,
      Beginning beginning,
      List<Callback> callbacks,
      PrintStream out) {
    Sequential model = beginning.model();
    Optional<Start> start = beginning.start();
    Trainer trainer = new Trainer(model, rule, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, kernels, seed);
    Integer asked = epochs;
    int planned = start.map(from -> from.checkpoint().plannedEpochs()).orElse(EPOCHS);
    FitOptions options = new FitOptions(asked == null ? planned : asked, batchSize);
    if (validation != null) {
      options = options.withValidation(validation);
    }
    if (!output.isQuiet()) {
      options =
          options.withCallback(
              new ProgressLine(out, output.isTerminal(), FoldingStream.widthOf(out)));
    }
    for (Callback callback : callbacks) {
      options = options.withCallback(callback);
    }
    List<EpochResult> before = start.map(from -> from.checkpoint().results()).orElse(List.of());
    options = options.withCallback(new DivergenceNote(before, TrainCommand::note));
    if (start.isPresent()) {
      options =
          options.withCallback(
              start
                  .get()
                  .announcing(rule.learningRate(), options.epochs(), out, TrainCommand::note));
    }
    Optional<Loaded> loaded = beginning.loaded();
    if (loaded.isPresent() && !output.isQuiet()) {
      out.println("Beginning with the weights in " + loaded.get().file());
    }
    History history;
    try {
      history =
          start.isPresent()
              ? trainer.resume(images, options, start.get().checkpoint())
              : trainer.fit(images, options);
    } catch (IllegalArgumentException unfit) {
      throw UserException.failed(unfit);
    } catch (UncheckedIOException failed) {
      IOException cause = failed.getCause();
      throw UserException.failed(cause == null ? failed : cause);
    }
    out.println(summary(rule, history));
    Optional<Divergence> diverged = Divergence.of(history, model);
    Report report =
        new Report(
            rule,
            data.description(),
            images.count(),
            validation == null ? 0 : validation.count(),
            batchSize,
            seed,
            loaded.orElse(null),
            kernels,
            history,
            diverged.orElse(null));
    String failed = write(model, report);
    if (diverged.isPresent()) {
      failed += " " + sentence(diverged.get(), model);
    }
    if (!failed.isEmpty()) {
      throw UserException.failed(failed.strip());
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
    return String.format(
        Locale.ROOT,
        "%s, %d epoch%s in %.1f s: %s accuracy %.4f, %s loss %.4f",
        rule.name(),
        history.epochs().size(),
        history.epochs().size() == 1 ? "" : "s",
        history.totalSeconds(),
        of,
        last.accuracy(),
        of,
        last.loss());
  }

  /** Writes what was asked for, and returns what could not be written, in sentences. */
  private String write(Sequential model, Report report) {
    Path weights = save;
    Path results = json;
    Path pictures = drawing;
    String title = report.data() + " CNN, " + report.rule().name() + ", seed " + seed;
    // Both are tried before either's failure ends the run.
    return (weights == null ? "" : failure(() -> layout.save(model, weights)))
        + (results == null ? "" : failure(() -> JsonReport.write(results, report.members())))
        + (pictures == null
            ? ""
            : failure(() -> TrainingPlots.write(pictures, title, report.history())));
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
