package dev.lanewise.cli;

import dev.lanewise.data.Dataset;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.ModelFile;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Evaluates saved weights on the test set. */
@Command(
    name = "evaluate",
    description = "Evaluates saved weights on the test set.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
  @Option(
      names = "--load",
      paramLabel = "FILE",
      required = true,
      description = "The weights, as train --save wrote them.")
  private Path load = Path.of("");

  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final MachineOptions machine = new MachineOptions();

  EvaluateCommand() {}

  @Override
  public Integer call() {
    machine.apply();
    try (Team team = machine.team()) {
      Kernels kernels = machine.kernels(team, System.err);
      Sequential model = MnistCnn.create(0);
      ModelFile.load(model, load);
      Dataset test = data.load().test();
      Trainer trainer =
          new Trainer(model, new Sgd(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, kernels, 0);
      Evaluation result = trainer.evaluate(test);
      System.out.println(
          String.format(
              Locale.ROOT,
              "%d images: accuracy %.4f, loss %.4f",
              test.count(),
              result.accuracy(),
              result.loss()));
    } catch (IOException | IllegalArgumentException e) {
      throw UserException.failed(e);
    }
    return Lanewise.OK;
  }
}
