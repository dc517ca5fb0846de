package dev.lanewise.train.callback;

import dev.lanewise.io.support.OutputTarget;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.train.Callback;
import dev.lanewise.train.Checkpoint;
import dev.lanewise.train.CheckpointFolder;
import dev.lanewise.train.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a checkpoint of the training into a folder every so many steps, always between two steps.
 *
 * <p>A checkpoint that cannot be written (a full disk) does not end the training: a sentence is
 * handed to the one who wants to know, and the last checkpoint stays.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class Checkpoints implements Callback {
  private final Path path;
  private final CheckpointFolder folder;
  private final long every;
  private final Consumer<String> notes;
  private @Nullable Path last;
  private long lastStep;

  /**
   * Makes the callback.
   *
   * @param folder where to write
   * @param every after how many steps, at least 1; 0: after each epoch's last step
   * @param resumed the file that the training is resumed from, null for a new training
   * @param notes takes a sentence for each checkpoint that could not be written
   * @throws IllegalArgumentException if {@code every} is negative
   */
  public Checkpoints(Path folder, int every, @Nullable Path resumed, Consumer<String> notes) {
    this.path = folder;
    this.folder = new CheckpointFolder(folder);
    this.every = Check.atLeast("every", every, 0);
    this.notes = notes;
    last = resumed != null && OutputTarget.isIn(folder, resumed) ? resumed : null;
  }

  @Override
  public void onTrainBegin(Training training) {
    training.checkNothingElseRemembers();
    try {
      if (last == null && !folder.files().isEmpty()) {
        throw new IllegalArgumentException(
            path
                + " holds checkpoints of another training already: resume from them, or name an"
                + " empty folder");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lastStep = -1;
  }

  @Override
  public void onBatchEnd(Training training) {
    boolean due =
        every == 0 ? training.step() == training.steps() : training.stepsDone() % every == 0;
    if (due) {
      save(training);
    }
  }

  /**
   * Writes a checkpoint now; to be called from a callback's {@link Callback#onBatchEnd} only. If
   * one of this very step is there, nothing is written.
   *
   * @param training the call of fit that the callback was handed
   * @return whether there is a checkpoint of this step
   */
  public boolean save(Training training) {
    Checkpoint checkpoint = training.checkpoint();
    long step = checkpoint.position().step();
    if (step == lastStep) {
      return true;
    }
    try {
      last = folder.write(checkpoint, last);
      lastStep = step;
      return true;
    } catch (IOException e) {
      Path kept = last;
      notes.accept(
          e.getMessage()
              + "; the training goes on, and "
              + (kept == null
                  ? "there is no checkpoint yet"
                  : kept + " stays the last checkpoint"));
      return false;
    }
  }

  /**
   * Returns the last checkpoint.
   *
   * @return its file; null if none has been written yet, nor resumed from
   */
  public @Nullable Path last() {
    return last;
  }
}
