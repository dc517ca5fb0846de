package dev.lanewise.train;

import dev.lanewise.train.Metric.Better;
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
public final class ModelCheckpoint implements Callback {
  private final String filepath;
  private Metric monitor = Metric.VAL_LOSS;
  private boolean savesBestOnly;
  private @Nullable Better mode;
  private @Nullable Double initialValueThreshold;

  private @Nullable Training training;
  private Best best = new Best(Better.LOWER, 0);

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
   * Sets which metric tells the best epoch.
   *
   * @param metric val_loss by default
   * @return this
   */
  public ModelCheckpoint monitor(Metric metric) {
    monitor = metric;
    return this;
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
   * Sets which values are better.
   *
   * @param better by default the metric's own direction (Keras's "auto")
   * @return this
   */
  public ModelCheckpoint mode(Better better) {
    mode = better;
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
  public void onTrainBegin(Training call) {
    if (savesBestOnly) {
      monitor.check("ModelCheckpoint", call);
    }
    training = call;
    Better direction = mode;
    best = new Best(direction == null ? monitor.better() : direction, 0);
    Double threshold = initialValueThreshold;
    if (threshold != null) {
      best.set(threshold);
    }
  }

  @Override
  public void onEpochEnd(Progress progress, EpochResult result) {
    Training call = training;
    if (call == null || (savesBestOnly && !best.take(monitor.of(result)))) {
      return;
    }
    try {
      ModelFile.save(call.model(), file(result.epoch()));
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
