package dev.lanewise.cli;

import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.train.ModelFile;
import dev.lanewise.train.WeightLayout;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which weights to load. */
final class WeightsOptions {
  @Option(
      names = "--load",
      paramLabel = "FILE",
      required = true,
      description = "The weights, as train --save wrote them.")
  private Path load = Path.of("");

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      defaultValue = "keras",
      description =
          "How they lie in the file: keras (as train --save writes them) or pytorch (default:"
              + " ${DEFAULT-VALUE}).")
  private WeightLayout layout = WeightLayout.KERAS;

  WeightsOptions() {}

  /** The CNN with these weights. */
  Sequential model() {
    Sequential model = MnistCnn.create(0);
    try {
      ModelFile.load(model, load, layout);
    } catch (IOException e) {
      throw UserException.failed(e);
    }
    return model;
  }
}
