package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.Mnist;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the images come from. */
final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder with four IDX files, plain or gzip, named like MNIST's: Fashion-MNIST's for example,"
              + " or the folders of Kaggle, torchvision and EMNIST (default: the embedded MNIST).")
  private @Nullable Path folder;

  /** What the images are, for reports. */
  String description() {
    Path from = folder;
    return from == null ? "MNIST" : from.toString();
  }

  /** Names the files that are read. */
  void addTo(RunFiles files) {
    Path from = folder;
    if (from != null) {
      try {
        files.reads("--data", Mnist.files(from));
      } catch (IOException missing) {
        // Loading says so, and nothing of it can be lost.
      }
    }
  }

  /** The first images, as --limit says; all if it is not given. */
  static Dataset limited(Dataset images, @Nullable Integer most) {
    if (most == null) {
      return images;
    }
    if (most < 1 || most > images.count()) {
      throw UserException.wrongOption(
          "--limit is %s, but must be from 1 to %s, the number of training images"
              .formatted(most, images.count()));
    }
    return images.limit(most);
  }

  /** Loads the data set. */
  Mnist load() throws IOException {
    Path from = folder;
    return from == null ? Mnist.load() : Mnist.load(from);
  }
}
