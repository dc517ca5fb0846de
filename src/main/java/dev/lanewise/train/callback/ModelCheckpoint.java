package dev.lanewise.train.callback;

import dev.lanewise.train.EpochResult;
import dev.lanewise.train.ModelFile;
import dev.lanewise.train.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes the model's weights after an epoch (Keras's ModelCheckpoint with save_weights_only, its
 * arguments and defaults): after each one, so that the file holds the last, or with saveBestOnly
 * after each that is better than all before it.
 *
 * <p>The file is a {@link ModelFile}, replaced as a whole. "{epoch}" in its name becomes the
 * epoch's number (from 1, as in Keras), "{epoch:02d}" the same with at least two digits, so that
 * each epoch has a file. An {@link UncheckedIOException} with one sentence ends the training if it
 * cannot be written.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class ModelCheckpoint extends Monitoring<ModelCheckpoint> {
  private final String filepath;
  private boolean savesBestOnly;
  private @Nullable Double initialValueThreshold;

  /**
   * Saves after each epoch; monitors val_loss if told to save the best only.
   *
   * @param filepath where to write
   * @throws IllegalArgumentException if the file's name is refused; see {@link ModelFile#checkName}
   */
  public ModelCheckpoint(Path filepath) {
    ModelFile.checkName(filepath);
    this.filepath = filepath.toString();
  }

  /**
   * Sets whether only an epoch that is better than all before it is saved.
   *
   * @param only false by default
   * @return this
   */
  public ModelCheckpoint saveBestOnly(boolean only) {
    savesBestOnly = only;
    return this;
  }

  /**
   * Sets a value that the first saved epoch must beat already.
   *
   * @param value none by default
   * @return this
   */
  public ModelCheckpoint initialValueThreshold(double value) {
    initialValueThreshold = value;
    return this;
  }

  @Override
  public boolean remembersEpochs() {
    return savesBestOnly;
  }

  @Override
  public void onTrainBegin(Training training) {
    if (savesBestOnly) {
      watch(training);
      if (initialValueThreshold != null) {
        beat(initialValueThreshold);
      }
    }
  }

  @Override
  public void onEpochEnd(Training training, EpochResult result) {
    if (savesBestOnly && !take(result)) {
      return;
    }
    try {
      ModelFile.save(training.model(), file(result.epoch()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(int epoch) {
    String twoDigits = (epoch < 10 ? "0" : "") + epoch;
    return Path.of(
        filepath.replace("{epoch:02d}", twoDigits).replace("{epoch}", Integer.toString(epoch)));
  }
}
