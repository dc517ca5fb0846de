package dev.lanewise.cli;

import dev.lanewise.graph.Variable;
import dev.lanewise.io.support.Names;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which weights to load. */
final class WeightsOptions {
  @Option(
      names = "--load",
      paramLabel = "FILE",
      required = true,
      description = "The weights, a safetensors file as train --save wrote it.")
  private Path load = Path.of("");

  @Mixin private final LayoutOptions layout = new LayoutOptions();

  WeightsOptions() {}

  /** The CNN with these weights. */
  Sequential model() {
    Sequential model = MnistCnn.create(0);
    layout.load(model, load);
    checkFinite(model);
    return model;
  }

  /** Names the files that are read. */
  void addTo(RunFiles files) {
    files.reads("--load", load);
    layout.addTo(files);
  }

  /** Where the weights come from. */
  Path file() {
    return load;
  }

  /** Refuses weights of which nothing but NaN would come. */
  private void checkFinite(Sequential model) {
    for (Variable variable : model.variables()) {
      for (float value : variable.values()) {
        if (!Float.isFinite(value)) {
          throw UserException.failed(
              load
                  + " holds a weight that is "
                  + value
                  + ", in "
                  + Names.quoted(variable.name())
                  + ": its training has diverged, and nothing can be computed with it");
        }
      }
    }
  }
}
