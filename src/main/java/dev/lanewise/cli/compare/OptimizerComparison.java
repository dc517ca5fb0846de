package dev.lanewise.cli.compare;

import dev.lanewise.cli.compare.Comparison.Run;
import dev.lanewise.cli.compare.Comparison.Settings;
import dev.lanewise.cli.support.FoldingStream;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.OutputGuard;
import dev.lanewise.data.Mnist;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.History;
import dev.lanewise.train.Trainer;
import dev.lanewise.train.callback.TerminateOnNaN;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Trains with each optimizer and each seed, and reports the results. */
public final class OptimizerComparison {
  /** All that is written into the folder. */
  public static final List<String> FILES =
      List.of(
          "compare.csv",
          "compare.json",
          "compare.md",
          ComparisonPlots.COST,
          ComparisonPlots.ACCURACY);

  private final Settings settings;
  private final List<OptimizerEntry> optimizers;
  private final Mnist images;
  private final @Nullable Path folder;
  private final boolean plots;
  private final PrintStream out;
  private final OutputGuard output;
  private final List<Run> runs = new ArrayList<>();

  public OptimizerComparison(
      Settings settings,
      List<OptimizerEntry> optimizers,
      Mnist images,
      @Nullable Path folder,
      boolean plots,
      PrintStream out) {
    this.settings = settings;
    this.optimizers = optimizers;
    this.images = images;
    this.folder = folder;
    this.plots = plots;
    this.out = out;
    output = new OutputGuard(out, folder != null);
  }

  public void run() throws IOException {
    out.println(settings.sentence() + ".");
    for (OptimizerEntry optimizer : optimizers) {
      out.println("Warm-up: " + optimizer.label());
      trainer(optimizer, settings.seed())
          .fit(
              images.train(),
              new FitOptions(1, settings.batchSize())
                  .withValidation(images.test())
                  .withCallback(output));
    }
    // All optimizers with a seed before the next seed: what is there early can be compared.
    for (int s = 0; s < settings.seeds(); s++) {
      for (OptimizerEntry optimizer : optimizers) {
        runs.add(train(optimizer, settings.seed() + s));
        writeNumbers();
      }
    }
    Comparison comparison = comparison();
    out.println();
    out.print(new ComparisonTables(comparison).text(FoldingStream.widthOf(out)));
    Path target = folder;
    if (target != null && plots) {
      new ComparisonPlots(comparison).write(target);
    }
    if (target != null) {
      out.println("Tables, numbers" + (plots ? " and plots" : "") + " are in " + target);
    }
  }

  private Comparison comparison() {
    return new Comparison(settings, optimizers, List.copyOf(runs));
  }

  private Trainer trainer(OptimizerEntry optimizer, long seed) {
    return new Trainer(
        MnistCnn.create(seed),
        optimizer.rule(),
        Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
        settings.kernels(),
        seed);
  }

  private Run train(OptimizerEntry optimizer, long seed) {
    out.printf(
        Locale.ROOT,
        "%s, seed %d (run %d of %d)%n",
        optimizer.label(),
        seed,
        runs.size() + 1,
        settings.seeds() * optimizers.size());
    TerminateOnNaN guard = new TerminateOnNaN();
    FitOptions options =
        new FitOptions(settings.epochs(), settings.batchSize())
            .withValidation(images.test())
            .withCallback(guard)
            .withCallback(new EpochLines(out))
            .withCallback(output);
    Trainer trainer = trainer(optimizer, seed);
    History history = trainer.fit(images.train(), options);
    String ended = Comparison.ended(guard, history, trainer.model());
    out.println(
        ended == null
            ? String.format(Locale.ROOT, "  %.1f s in all", history.totalSeconds())
            : "  ended: " + ended);
    return new Run(optimizer, seed, history, ended);
  }

  /** What is known so far: nothing is lost if a later run fails. */
  private void writeNumbers() throws IOException {
    Path target = folder;
    if (target != null) {
      Comparison comparison = comparison();
      ComparisonFiles.text(target.resolve("compare.csv"), ComparisonFiles.csv(comparison));
      JsonReport.write(target.resolve("compare.json"), ComparisonFiles.json(comparison));
      ComparisonFiles.text(
          target.resolve("compare.md"), new ComparisonTables(comparison).markdown());
    }
  }
}
