package dev.lanewise.cli;

import dev.lanewise.cli.support.CommandLineFaults;
import dev.lanewise.cli.support.UserException;
import dev.lanewise.optim.LearningRate;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Checkpoint;
import dev.lanewise.train.CheckpointFolder;
import dev.lanewise.train.Training;
import dev.lanewise.train.callback.Checkpoints;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where and how often a training saves checkpoints, and which one it resumes from. */
final class CheckpointOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description =
          "Saves checkpoints into a folder while training; --resume resumes from them, bit for bit."
              + " The last two are kept. Ctrl-C saves one, too.")
  private @Nullable Path folder;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      description = "Number of steps between two checkpoints (default: those of an epoch).")
  private @Nullable Integer every;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Resumes training from the last checkpoint in a folder (or from a checkpoint file), and"
              + " saves the next ones there. --epochs may be more than in the first run, or fewer if"
              + " they are not over yet. All other options must be as in the first run, except"
              + " --threads, --vector-bits, --checkpoint-every, --plots, --json, --save and"
              + " --layout.")
  private @Nullable Path resume;

  /** Refuses what cannot be meant, before anything is read. */
  void check() {
    Integer steps = every;
    if (steps != null) {
      CommandLineFaults.checkAtLeastOne("--checkpoint-every", steps);
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
    if (from != null) {
      boolean file = Files.isRegularFile(from);
      if (file) {
        files.reads("--resume", from);
      }
      if (!file || folder == null) {
        files.keepsCheckpoints("--resume", folderOf(from));
      }
    }
  }

  /** A folder of checkpoints itself, or that of one of its files. */
  private static Path folderOf(Path checkpoint) {
    Path parent = checkpoint.toAbsolutePath().getParent();
    return parent != null && Files.isRegularFile(checkpoint) ? parent : checkpoint;
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
      CheckpointFolder there = new CheckpointFolder(folderOf(from));
      Path newest = Files.isRegularFile(from) ? from : there.newest();
      return Optional.of(new Start(newest, there.read(newest)));
    } catch (IOException e) {
      throw UserException.failed("--resume cannot go on: " + e.getMessage());
    }
  }

  /** The callback that saves; empty if nothing is to be saved. */
  Optional<Checkpoints> saving(Optional<Start> start, Consumer<String> notes) {
    Path from = start.map(Start::file).orElse(null);
    Path to = folder == null && from != null ? folderOf(from) : folder;
    if (to == null) {
      return Optional.empty();
    }
    return Optional.of(new Checkpoints(to, every == null ? 0 : every, from, notes));
  }

  /** The checkpoint that a training resumes from. */
  record Start(Path file, Checkpoint checkpoint) {
    /** Says where the training resumes, once nothing stands in its way any more. */
    Callback announcing(LearningRate rate, int epochs, PrintStream out, Consumer<String> notes) {
      return new Callback() {
        private boolean begun;

        @Override
        public void onTrainBegin(Training training) {
          out.println(sentence(epochs));
        }

        @Override
        public void onEpochBegin(Training training) {
          if (!begun) {
            idleEpochs(rate, training).ifPresent(notes);
          }
          begun = true;
        }
      };
    }

    private String sentence(int epochs) {
      Checkpoint.Position at = checkpoint.position();
      int planned = checkpoint.plannedEpochs();
      return "Resuming from step %s (epoch %s, step %s), saved in %s%s"
          .formatted(
              at.step(),
              at.epoch(),
              at.epochStep(),
              file,
              epochs == planned ? "" : "; " + epochs + " epochs in the place of " + planned);
    }

    /**
     * That the epochs by which the plan has grown change no weight, if their learning rate is 0: a
     * schedule ended with the first plan.
     */
    private Optional<String> idleEpochs(LearningRate rate, Training training) {
      int planned = checkpoint.plannedEpochs();
      Checkpoint.Position at = checkpoint.position();
      long zero = at.optimizerStep() - at.step(); // the optimizer's steps before this training
      LongStream added =
          LongStream.range(
              zero + (long) planned * training.steps(),
              zero + (long) training.epochs() * training.steps());
      return rate instanceof LearningRate.Constant
              || training.epochs() <= planned
              || added.anyMatch(step -> rate.at(step) != 0)
          ? Optional.empty()
          : Optional.of(
              "from epoch %s on the learning rate, %s, is 0, so that nothing more will be learned"
                  .formatted(planned + 1, rate));
    }
  }
}
