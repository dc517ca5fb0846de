package dev.lanewise.cli;

import dev.lanewise.train.CheckpointFolder;
import dev.lanewise.train.Checkpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether, where and how often a training is saved on its way, and what it goes on from. */
final class CheckpointOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description =
          "Saves the training on its way into a folder, from where --resume goes on to the same"
              + " bits; the last two checkpoints are kept. Ctrl-C then saves one, too.")
  private @Nullable Path folder;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      description = "After how many steps a checkpoint is saved (default: once an epoch).")
  private @Nullable Integer every;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Goes on from the last checkpoint in a folder (or from a checkpoint's file), and saves the"
              + " next ones there. --epochs may be more than then, or fewer if they are not behind"
              + " yet. All other options must be those of then, but for --threads, --vector-bits,"
              + " --checkpoint-every, --plots, --json, --save and --layout.")
  private @Nullable Path resume;

  CheckpointOptions() {}

  /** Refuses what cannot be meant, before anything is read. */
  void check() {
    Integer steps = every;
    if (steps != null) {
      OptionChecks.atLeastOne("--checkpoint-every", steps);
      if (folder == null && resume == null) {
        throw UserException.wrongOption(
            "--checkpoint-every is " + steps + ", but there is no --checkpoint to save into");
      }
    }
    Path to = folder;
    if (to != null && Files.exists(to) && !Files.isDirectory(to)) {
      throw UserException.wrongOption("--checkpoint is " + to + ", but that is no folder");
    }
  }

  /** Names what is read, and the folder in which files are written and removed. */
  void addTo(RunFiles files) {
    files.keepsCheckpoints("--checkpoint", folder);
    Path from = resume;
    if (from != null && Files.isRegularFile(from)) {
      files.reads("--resume", from);
      if (folder == null) {
        files.keepsCheckpoints("--resume", from.toAbsolutePath().getParent());
      }
    } else {
      files.keepsCheckpoints("--resume", from);
    }
  }

  /** Whether a training is resumed. */
  boolean isResuming() {
    return resume != null;
  }

  /** Whether the training leaves checkpoints. */
  boolean isSaving() {
    return folder != null || resume != null;
  }

  /** Says of the checkpoints what they are worth from an epoch on, if there are any. */
  String ofDiverged(int epoch) {
    Path to = folder == null ? resume : folder;
    return to == null
        ? ""
        : "; the checkpoints from epoch " + epoch + " on, in " + to + ", are of that training too";
  }

  /** Reads what --resume names; empty without it. */
  Optional<Start> start() {
    Path from = resume;
    if (from == null) {
      return Optional.empty();
    }
    try {
      boolean file = Files.isRegularFile(from);
      Path parent = from.toAbsolutePath().getParent();
      CheckpointFolder there = new CheckpointFolder(file && parent != null ? parent : from);
      Path newest = file ? from : there.newest();
      return Optional.of(new Start(newest, there.read(newest)));
    } catch (IOException e) {
      throw UserException.failed("--resume cannot go on: " + e.getMessage());
    }
  }

  /** The callback that saves; empty if nothing is to be saved. */
  Optional<Checkpoints> saving(Optional<Start> start, Consumer<String> notes) {
    Path from = start.map(Start::file).orElse(null);
    Path to = folder == null && from != null ? from.toAbsolutePath().getParent() : folder;
    if (to == null) {
      return Optional.empty();
    }
    return Optional.of(new Checkpoints(to, every == null ? 0 : every, from, notes));
  }
}
