package dev.lanewise.cli;

import dev.lanewise.nn.Sequential;
import dev.lanewise.train.ModelFile;
import dev.lanewise.train.WeightLayout;
import dev.lanewise.train.WeightNames;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How weights lie in files, and what they are called there. */
final class LayoutOptions {
  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      defaultValue = "keras",
      description =
          "How the weights lie in their file: keras (the program's own layout) or pytorch (default:"
              + " ${DEFAULT-VALUE}).")
  private WeightLayout layout = WeightLayout.KERAS;

  @Option(
      names = "--names",
      paramLabel = "FILE",
      description =
          "What the weights are called in their file: lines 'theirs = ours', of tensors or layers,"
              + " and # comments. Needed only where names and shapes fit in more than one way.")
  private @Nullable Path names;

  private @Nullable WeightNames read;

  LayoutOptions() {}

  /**
   * Refuses a file that weights cannot be saved to, or names that they cannot be saved under; null
   * is no file.
   */
  void check(String option, @Nullable Path file, Sequential model) {
    if (file == null) {
      return;
    }
    try {
      ModelFile.checkName(file);
      ModelFile.checkNames(model, layout, names());
    } catch (IllegalArgumentException refusal) {
      throw UserException.wrongOption(option + ": " + refusal.getMessage());
    } catch (IOException e) {
      throw UserException.failed(e);
    }
  }

  /** Names the file that is read. */
  void addTo(RunFiles files) {
    files.reads("--names", names);
  }

  /** Reads weights into a model. */
  void load(Sequential model, Path file) {
    try {
      ModelFile.load(model, file, layout, names());
    } catch (IOException e) {
      throw UserException.failed(e);
    }
  }

  /** Writes a model's weights. */
  void save(Sequential model, Path file) throws IOException {
    ModelFile.save(model, file, layout, names());
  }

  private WeightNames names() throws IOException {
    WeightNames known = read;
    if (known == null) {
      known = names == null ? WeightNames.none() : WeightNames.read(names);
      read = known;
    }
    return known;
  }
}
