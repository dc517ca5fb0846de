package dev.lanewise.cli;

import dev.lanewise.cli.support.UserException;
import dev.lanewise.nn.Sequential;
import dev.lanewise.train.CheckpointFolder;
import dev.lanewise.train.WeightLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which weights a training starts with, instead of random ones. */
final class LoadOptions {
  private static final String LOAD = "--load";
  private static final String LAYOUT = "--load-layout";
  private static final String NAMES = "--load-names";

  @Option(
      names = LOAD,
      paramLabel = "FILE",
      description =
          "Starts with these weights: a file that --save wrote, a checkpoint, or the newest one in a"
              + " folder of checkpoints. Unlike with --resume, the optimizer's state is new.")
  private @Nullable Path load;

  @Option(
      names = LAYOUT,
      paramLabel = "LAYOUT",
      description =
          "Layout of --load's weights, keras or pytorch, if it is not that of --save. With this"
              + " option or --load-names, --layout and --names concern --save alone.")
  private @Nullable WeightLayout layout;

  @Option(
      names = NAMES,
      paramLabel = "FILE",
      description =
          "Names of --load's weights, as --names gives them, if they are not those of --save.")
  private @Nullable Path names;

  /**
   * What was loaded.
   *
   * @param file the file, also where a folder was given
   * @param layout how its weights lay
   */
  record Loaded(Path file, WeightLayout layout) {
    /** The layout's name on the command line. */
    String layoutName() {
      return layout.name().toLowerCase(Locale.ROOT);
    }
  }

  /** The options that were given: a training that is resumed is not to have them. */
  List<String> given() {
    return Stream.of(
            load == null ? "" : LOAD, layout == null ? "" : LAYOUT, names == null ? "" : NAMES)
        .filter(option -> !option.isEmpty())
        .toList();
  }

  /** Refuses what cannot be meant, before anything is read. */
  void check(boolean resumes) {
    List<String> given = given();
    if (given.isEmpty()) {
      return;
    }
    if (load == null) {
      throw UserException.wrongOption(
          given.getFirst() + " is given, but there is no --load that it could be for");
    }
    if (resumes) {
      throw UserException.wrongOption(
          LOAD
              + " and --resume are both given, but a training is either resumed, with the"
              + " checkpoint's weights and optimizer, or begun with other weights");
    }
  }

  /** Names the files that are read. */
  void addTo(RunFiles files) {
    files.readsOrKeeps(LOAD, load);
    files.reads(NAMES, names);
  }

  /**
   * Replaces a model's weights.
   *
   * @param model the model
   * @param saving what is said of the file that is saved, and of this one if nothing else is
   * @return what was loaded; empty without --load
   */
  Optional<Loaded> into(Sequential model, LayoutOptions saving) throws IOException {
    Path from = load;
    if (from == null) {
      return Optional.empty();
    }
    Path file = CheckpointFolder.fileAt(from);
    if (layout == null && names == null) {
      saving.load(model, file);
      return Optional.of(new Loaded(file, saving.layout()));
    }
    WeightLayout own = layout == null ? WeightLayout.KERAS : layout;
    LayoutOptions.load(model, file, own, LayoutOptions.read(names));
    return Optional.of(new Loaded(file, own));
  }
}
