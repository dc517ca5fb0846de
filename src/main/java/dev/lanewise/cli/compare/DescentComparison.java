package dev.lanewise.cli.compare;

import dev.lanewise.cli.compare.Comparison.Settings;
import dev.lanewise.cli.support.FoldingStream;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.OutputGuard;
import dev.lanewise.data.Mnist;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.train.Callback;
import dev.lanewise.train.FitOptions;
import dev.lanewise.train.Trainer;
import dev.lanewise.train.callback.TerminateOnNaN;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Trains by full batches, single images and mini-batches: the same images, first weights and rule.
 *
 * <p>A full batch runs in equal slices, always the same ones in the same order, whose gradients the
 * optimizer adds up (gradient_accumulation_steps).
 */
public final class DescentComparison {
  /** How many images it takes if the user does not say: single-image steps are slow. */
  public static final int IMAGES = 2000;

  /** All that is written into the folder. */
  public static final List<String> FILES =
      List.of("descent.csv", "descent.json", "descent.md", DescentPlots.STEPS, DescentPlots.TIME);

  private final Settings settings;
  private final OptimizerEntry optimizer;
  private final List<BatchRegime> kinds;
  private final Mnist images;
  private final @Nullable Path folder;
  private final boolean plots;
  private final PrintStream out;
  private final OutputGuard output;

  public DescentComparison(
      Settings settings,
      OptimizerEntry optimizer,
      List<BatchRegime> kinds,
      Mnist images,
      @Nullable Path folder,
      boolean plots,
      PrintStream out) {
    this.settings = settings;
    this.optimizer = optimizer;
    this.kinds = kinds;
    this.images = images;
    this.folder = folder;
    this.plots = plots;
    this.out = out;
    output = new OutputGuard(out, folder != null);
  }

  public void run() throws IOException {
    // What cannot be done is refused before anything is trained.
    List<Plan> plans = kinds.stream().map(this::plan).toList();
    out.println(settings.sentence() + "; " + optimizer.label() + ".");
    for (Plan plan : plans) {
      out.println("Warm-up: " + plan.label);
      trainer(plan).fit(images.train(), options(plan, 1, output));
    }
    List<DescentRun> runs = new ArrayList<>();
    for (int i = 0; i < plans.size(); i++) {
      out.printf(Locale.ROOT, "%s (run %d of %d)%n", plans.get(i).label, i + 1, plans.size());
      runs.add(train(plans.get(i)));
      write(new DescentReport(settings, optimizer, runs));
    }
    DescentReport report = new DescentReport(settings, optimizer, runs);
    out.println();
    out.print(report.text(FoldingStream.widthOf(out)));
    Path target = folder;
    if (target != null && plots) {
      DescentPlots.write(report, target);
    }
    if (target != null) {
      out.println("Table, numbers" + (plots ? " and plots" : "") + " are in " + target);
    }
  }

  /** A kind with its numbers: images a run of the plan, and such runs an update. */
  private record Plan(
      BatchRegime kind, String label, OptimizerEntry optimizer, int batch, int slices) {}

  private Plan plan(BatchRegime kind) {
    int batch =
        switch (kind) {
          case FULL -> BatchRegime.slice(images.train().count());
          case SINGLE -> 1;
          case MINI -> Math.min(settings.batchSize(), images.train().count());
        };
    int slices = kind == BatchRegime.FULL ? images.train().count() / batch : 1;
    String label = kind.words(settings.batchSize());
    if (slices == 1) {
      return new Plan(kind, label, optimizer, batch, 1);
    }
    String spelling = optimizer.spelling();
    String accumulating =
        spelling + (spelling.contains(":") ? "," : ":") + "gradient_accumulation_steps=" + slices;
    return new Plan(kind, label, OptimizerEntry.one(accumulating), batch, slices);
  }

  private Trainer trainer(Plan plan) {
    return new Trainer(
        MnistCnn.create(settings.seed()),
        plan.optimizer.rule(),
        Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
        settings.kernels(),
        settings.seed());
  }

  private FitOptions options(Plan plan, int epochs, Callback... callbacks) {
    boolean shuffle = plan.kind != BatchRegime.FULL;
    return new FitOptions(epochs, plan.batch, shuffle, images.test(), List.of(callbacks));
  }

  private DescentRun train(Plan plan) {
    int steps = Math.ceilDiv(images.train().count(), plan.batch);
    DescentCosts costs = new DescentCosts(settings.epochs() * (long) steps, plan.slices);
    TerminateOnNaN guard = new TerminateOnNaN();
    FitOptions options =
        options(plan, settings.epochs(), guard, costs, new EpochLines(out), output);
    Trainer trainer = trainer(plan);
    var history = trainer.fit(images.train(), options);
    String ended = Comparison.ended(guard, history, trainer.model());
    if (ended != null) {
      out.println("  ended: " + ended);
    }
    return new DescentRun(
        plan.kind,
        plan.label,
        plan.batch * plan.slices,
        steps / plan.slices,
        costs.costs(),
        costs.seconds(),
        history,
        ended);
  }

  private void write(DescentReport report) throws IOException {
    Path target = folder;
    if (target != null) {
      ComparisonFiles.text(target.resolve("descent.csv"), report.csv());
      JsonReport.write(target.resolve("descent.json"), report.json());
      ComparisonFiles.text(target.resolve("descent.md"), report.markdown());
    }
  }
}
