package dev.lanewise.cli;

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
    return model;
  }
}
