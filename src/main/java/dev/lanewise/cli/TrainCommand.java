package dev.lanewise.cli;

import dev.lanewise.cli.CheckpointOptions.Start;
import dev.lanewise.cli.LoadOptions.Loaded;
import dev.lanewise.cli.TrainResults.Setup;
import dev.lanewise.cli.compare.OptimizerEntry;
import dev.lanewise.cli.support.CommandLineFaults;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Machine;
import dev.lanewise.cli.support.OutputGuard;
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
import dev.lanewise.optim.Optimizers;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.History;
import dev.lanewise.train.Trainer;
import dev.lanewise.train.Training;
import dev.lanewise.train.callback.Checkpoints;
import dev.lanewise.train.callback.ProgressLine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
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
    })
final class TrainCommand implements Callable<Integer> {
  private static final int EPOCHS = 10;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME[:KEY=VALUE,...]",
      defaultValue = "adam",
      completionCandidates = OptimizerNames.class,
      description =
          "An optimizer and what differs from Keras's defaults, in Keras's names: adam,"
              + " sgd:momentum=0.9,nesterov=true, adamw:lr=0.0005,weight_decay=0.01 or"
              + " \"sgd:lr=CosineDecay(0.1,9380)\". Optimizers: ${COMPLETION-CANDIDATES}; a wrong key"
              + " lists the right ones (default: ${DEFAULT-VALUE}).")
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

  @Mixin private final CommonOptions.Data data = new CommonOptions.Data();
  @Mixin private final CommonOptions.Machine machine = new CommonOptions.Machine();
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
      description =
          "Writes the weights as safetensors, or as .npz or Keras's .weights.h5 if FILE ends so, or"
              + " the model as .onnx.")
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

  @Mixin private final CommonOptions.Output output = new CommonOptions.Output();

  private @Nullable Path drawing;

  @Override
  public Integer call() throws IOException {
    machine.apply();
    Optimizer rule = rule();
    Integer asked = epochs;
    CommandLineFaults.checkAtLeastOne("--epochs", asked == null ? EPOCHS : asked);
    CommandLineFaults.checkAtLeastOne("--batch-size", batchSize);
    checkpoints.check();
    loading.check(checkpoints.isResuming());
    RunFiles files = files();
    layout.check("--save", save, MnistCnn.create(0));
    drawing = plots != null && Machine.canDraw(true) ? plots : null;
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
      Dataset training = CommonOptions.Data.limited(mnist.train(), limit);
      Dataset validation = noValidation ? null : mnist.test();
      Setup setup =
          new Setup(
              rule,
              model,
              start,
              loaded,
              data.description(),
              training,
              validation,
              batchSize,
              seed,
              kernels);
      Optional<Checkpoints> saving = checkpoints.saving(start, TrainCommand::note);
      Callback warmup = new Rehearsal.Warmup(team);
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

  /** The optimizer, with the learning rate of --lr if that is given. */
  private Optimizer rule() {
    Double rate = learningRate;
    if (rate == null) {
      return OptimizerEntry.rule("--optimizer", optimizer);
    }
    try {
      LearningRate.constant(rate);
    } catch (IllegalArgumentException wrong) {
      throw UserException.wrongOption("--lr cannot be used: " + wrong.getMessage());
    }
    String separator =
        optimizer.indexOf(':') < 0 ? ":" : optimizer.strip().endsWith(":") ? "" : ",";
    return OptimizerEntry.rule(
        "--optimizer with --lr", optimizer + separator + "learning_rate=" + rate);
  }

  private RunFiles files() {
    RunFiles files = new RunFiles();
    data.addTo(files);
    layout.addTo(files);
    checkpoints.addTo(files);
    loading.addTo(files);
    return files
        .writesInto("--plots", plots, TrainResults.PLOTS)
        .writesReport("--json", json)
        .writes("--save", save);
  }

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
    options = options.withCallback(new DivergenceNote(before));
    if (start.isPresent()) {
      LearningRate rate = setup.rule().learningRate();
      options =
          options.withCallback(
              start.get().announcing(rate, options.epochs(), out, TrainCommand::note));
    }
    if (setup.loaded().isPresent() && !output.isQuiet()) {
      out.println("Beginning with the weights in " + setup.loaded().get().file());
    }
    TrainResults results = TrainResults.of(setup, history(setup, options));
    out.println(results.summary());
    String failed = write(results);
    if (results.diverged().isPresent()) {
      failed += " " + sentence(results.diverged().get(), setup.model());
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

  /** Writes what was asked for, and returns what could not be written, in sentences. */
  private String write(TrainResults results) {
    Path weights = save;
    Path report = json;
    Path pictures = drawing;
    Sequential model = results.setup().model();
    // All are tried before a failure ends the run.
    return (weights == null
            ? ""
            : failure(() -> layout.save(model, weights, images, results.metadata())))
        + (report == null ? "" : failure(() -> JsonReport.write(report, results.report())))
        + (pictures == null ? "" : failure(() -> results.plot(pictures)));
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

  /** For {@code --help}: the optimizers there are. */
  static final class OptimizerNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Optimizers.names().iterator();
    }
  }

  /**
   * Says once that a training has diverged, if epochs follow: its user need not wait for its end.
   */
  private static final class DivergenceNote implements Callback {
    private final List<EpochResult> before;
    private boolean said;

    /**
     * Makes the callback.
     *
     * @param before what the epochs gave that the training is resumed behind
     */
    DivergenceNote(List<EpochResult> before) {
      this.before = List.copyOf(before);
    }

    @Override
    public void onTrainBegin(Training training) {
      said = false;
      say(before.stream().map(Divergence::ofLoss).flatMap(Optional::stream).findFirst());
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
      if (said || training.epoch() == training.epochs()) {
        return;
      }
      say(Divergence.of(result, training.model()));
    }

    private void say(Optional<Divergence> diverged) {
      said = diverged.isPresent();
      diverged.ifPresent(
          how ->
              note(
                  "the training "
                      + how.words()
                      + "; the epochs to come will not mend it, a smaller learning rate may"));
    }
  }
}
