package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Sgd;
import dev.lanewise.train.CheckpointFolder;
import dev.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which weights to load. */
final class WeightsOptions {
  @Option(
      names = "--load",
      paramLabel = "FILE",
      required = true,
      description =
          "The weights: a safetensors file that train --save wrote, a checkpoint, or the newest one"
              + " in a folder of checkpoints, .npz, or Keras's .weights.h5; or a whole model, .onnx"
              + " or .keras, any of 28 × 28 pixels and 10 classes.")
  private Path load = Path.of("");

  @Mixin private final LayoutOptions layout = new LayoutOptions();

  /** The CNN with these weights, or the model that the file is, to be asked. */
  Trainer trainer(Kernels kernels) {
    Sequential model = MnistCnn.create(0);
    try {
      load = CheckpointFolder.fileAt(load);
    } catch (IOException none) {
      throw UserException.failed(none);
    }
    if (ModelInput.isName(load)) {
      try {
        return ModelInput.read(load).trainer(kernels);
      } catch (IOException e) {
        throw UserException.failed(e);
      }
    }
    layout.load(model, load);
    return new Trainer(model, new Sgd(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, kernels, 0);
  }

  /** Names the files that are read. */
  void addTo(RunFiles files) {
    files.readsOrKeeps("--load", load);
    layout.addTo(files);
  }

  /** The file that the weights come from, once there is a model. */
  Path file() {
    return load;
  }
}
