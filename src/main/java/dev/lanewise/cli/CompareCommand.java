package dev.lanewise.cli;

import dev.lanewise.cli.compare.BatchRegime;
import dev.lanewise.cli.compare.Comparison;
import dev.lanewise.cli.compare.OptimizerComparison;
import dev.lanewise.cli.compare.OptimizerEntry;
import dev.lanewise.cli.compare.RegimeComparison;
import dev.lanewise.cli.support.CommandLineFaults;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.Machine;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.Mnist;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains the MNIST CNN once for each optimizer, or with each kind of gradient descent. */
@Command(
    name = "compare",
    description = {
      "Trains the MNIST CNN with several optimizers, from the same weights, and compares the results.",
      "With --descent it compares single images, mini-batches and full batches instead."
    })
final class CompareCommand implements Callable<Integer> {
  private static final int MOST_SEEDS = 1000;

  @Option(
      names = "--optimizers",
      paramLabel = "LIST",
      description =
          "Optimizers, as train --optimizer takes them, separated by semicolons (default: \""
              + OptimizerEntry.DEFAULT
              + "\"; with --descent only one: sgd).")
  private @Nullable String optimizers;

  @Option(
      names = "--descent",
      paramLabel = "KINDS",
      split = ",",
      description =
          "Compares kinds of gradient descent on a subset: full, single, mini (one step per epoch, per"
              + " image, per batch).")
  private List<String> descent = List.of();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "10",
      description = "Number of passes over the images (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "64",
      description = "Images per step (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Seed of the weights, the order of the images and dropout, the same for all (default:"
              + " ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Repeats everything with N seeds, from --seed on, and shows means and ranges (default:"
              + " ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "Trains on the first N images only (default with --descent: "
              + RegimeComparison.IMAGES
              + ").")
  private @Nullable Integer limit;

  @Mixin private final CommonOptions.Data data = new CommonOptions.Data();
  @Mixin private final CommonOptions.Machine machine = new CommonOptions.Machine();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Writes tables (Markdown), numbers (CSV, JSON) and plots (PNG) into a folder.")
  private @Nullable Path out;

  @Override
  public Integer call() {
    machine.apply();
    CommandLineFaults.checkAtLeastOne("--epochs", epochs);
    CommandLineFaults.checkAtLeastOne("--batch-size", batchSize);
    CommandLineFaults.checkAtLeastOne("--seeds", seeds);
    if (seeds > MOST_SEEDS) {
      throw UserException.wrongOption(
          "--seeds is " + seeds + ", but must be at most " + MOST_SEEDS);
    }
    String given = optimizers;
    String otherwise = descent.isEmpty() ? OptimizerEntry.DEFAULT : "sgd";
    List<OptimizerEntry> entries = OptimizerEntry.parse(given == null ? otherwise : given);
    List<BatchRegime> regimes = BatchRegime.parse(descent);
    if (!regimes.isEmpty() && entries.size() != 1) {
      throw UserException.wrongOption(
          "--descent takes one optimizer, but --optimizers has " + entries.size());
    }
    if (!regimes.isEmpty() && seeds != 1) {
      throw UserException.wrongOption("--descent takes one seed, but --seeds is " + seeds);
    }
    RunFiles files = new RunFiles();
    data.addTo(files);
    Path folder = out;
    if (folder != null) {
      JsonReport.check("--out");
    }
    List<String> names = regimes.isEmpty() ? OptimizerComparison.FILES : RegimeComparison.FILES;
    PrintStream console = files.writesInto("--out", folder, names).console();
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      Mnist mnist = data.load();
      Integer most = limit;
      if (most == null && !regimes.isEmpty()) {
        most = Math.min(RegimeComparison.IMAGES, mnist.train().count());
      }
      Mnist images = new Mnist(CommonOptions.Data.limited(mnist.train(), most), mnist.test());
      Comparison.Settings settings =
          new Comparison.Settings(
              data.description(), images, epochs, batchSize, seed, seeds, kernels);
      Comparison.Output output =
          new Comparison.Output(console, folder, folder != null && Machine.canDraw(true));
      Comparison comparison =
          regimes.isEmpty()
              ? new OptimizerComparison(settings, output, entries)
              : new RegimeComparison(settings, output, entries.getFirst(), regimes);
      comparison.run();
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.failed(e);
    }
    return Lanewise.OK;
  }
}
