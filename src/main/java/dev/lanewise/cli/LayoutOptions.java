package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.graph.Variable;
import dev.lanewise.io.support.Names;
import dev.lanewise.nn.Sequential;
import dev.lanewise.onnx.Onnx;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.ModelFile;
import dev.lanewise.train.WeightLayout;
import dev.lanewise.train.WeightNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How weights lie in files, and what they are called there. */
final class LayoutOptions {
  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      defaultValue = "keras",
      description =
          "Layout of the weights in their file: keras (the program's own) or pytorch (default:"
              + " ${DEFAULT-VALUE}).")
  private WeightLayout layout = WeightLayout.KERAS;

  @Option(
      names = "--names",
      paramLabel = "FILE",
      description =
          "File with names of the weights: lines 'theirs = ours', of tensors or layers, and #"
              + " comments. Needed only if names and shapes fit in more than one way.")
  private @Nullable Path names;

  private @Nullable WeightNames read;

  /**
   * Refuses a file that weights cannot be saved to, or names that they cannot be saved under; null
   * is no file.
   */
  void check(String option, @Nullable Path file, Sequential model) {
    if (file == null) {
      return;
    }
    try {
      if (Onnx.isName(file)) {
        Onnx.check(model);
      } else {
        ModelFile.check(model, file, layout, names());
      }
    } catch (IllegalArgumentException | IllegalStateException refusal) {
      throw UserException.wrongOption(option + ": " + refusal.getMessage());
    } catch (IOException e) {
      throw UserException.failed(e);
    }
  }

  /** Names the file that is read. */
  void addTo(RunFiles files) {
    files.reads("--names", names);
  }

  /** Reads weights into a model, and refuses those of which nothing but NaN would come. */
  void load(Sequential model, Path file) {
    try {
      load(model, file, layout, names());
    } catch (IOException e) {
      throw UserException.failed(e);
    }
  }

  /** Reads weights that lie otherwise. */
  static void load(Sequential model, Path file, WeightLayout layout, WeightNames names)
      throws IOException {
    ModelFile.load(model, file, layout, names);
    checkFinite(model.variables(), file);
  }

  /** Refuses weights of which nothing but NaN would come. */
  static void checkFinite(List<Variable> weights, Path file) {
    Divergence.notFinite(weights)
        .ifPresent(
            weight -> {
              throw UserException.failed(
                  ("%s holds a weight that is %s, in %s: its training has diverged, and nothing can"
                          + " be computed with it")
                      .formatted(file, weight.value(), Names.quoted(weight.variable())));
            });
  }

  /** Writes a model's weights, or the model as ONNX with metadata, as the file's name asks. */
  void save(Sequential model, Path file, Onnx.Images images, Map<String, String> metadata)
      throws IOException {
    if (Onnx.isName(file)) {
      Onnx.write(model, file, images, metadata);
    } else {
      ModelFile.save(model, file, layout, names());
    }
  }

  /** How weights lie in files. */
  WeightLayout layout() {
    return layout;
  }

  private WeightNames names() throws IOException {
    WeightNames known = read == null ? read(names) : read;
    read = known;
    return known;
  }

  /** Reads names; null is no file, and no names. */
  static WeightNames read(@Nullable Path file) throws IOException {
    return file == null ? WeightNames.none() : WeightNames.read(file);
  }
}
