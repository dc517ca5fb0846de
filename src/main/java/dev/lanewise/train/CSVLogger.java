package dev.lanewise.train;

import dev.lanewise.io.support.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes each epoch's metrics as a line of a CSV file (Keras's CSVLogger): {@code
 * epoch,accuracy,loss,val_accuracy,val_loss}, the validation's only if there is one.
 *
 * <p>Epochs count from 1, as everywhere here; Keras's file counts them from 0. Numbers have all
 * their digits. The file is replaced as a whole after each epoch, so that it never holds half a
 * line. An {@link UncheckedIOException} with one sentence ends the training if it cannot be
 * written.
 */
public final class CSVLogger implements Callback {
  private final Path file;
  private final String separator;
  private final boolean append;
  private final StringBuilder lines = new StringBuilder();
  private int epochsBefore;

  /**
   * Replaces the file, and separates by commas.
   *
   * @param filename where to write
   */
  public CSVLogger(Path filename) {
    this(filename, ",", false);
  }

  /**
   * Makes the callback.
   *
   * @param filename where to write
   * @param separator what stands between two values, "," by default
   * @param append whether what the file holds is kept, and counting goes on after it; false by
   *     default
   */
  public CSVLogger(Path filename, String separator, boolean append) {
    file = filename;
    this.separator = separator;
    this.append = append;
  }

  @Override
  public void onTrainBegin(Training training) {
    lines.setLength(0);
    epochsBefore = 0;
    if (append && Files.exists(file)) {
      try {
        lines.append(Files.readString(file));
      } catch (IOException e) {
        throw new UncheckedIOException(
            new IOException(file + " cannot be read to append to it", e));
      }
      epochsBefore = Math.max(0, (int) lines.chars().filter(c -> c == '\n').count() - 1);
    }
    if (lines.isEmpty()) {
      String header = String.join(separator, "epoch", "accuracy", "loss");
      lines.append(header);
      if (training.isValidated()) {
        lines.append(separator).append("val_accuracy").append(separator).append("val_loss");
      }
      lines.append('\n');
    }
    write();
  }

  @Override
  public void onEpochEnd(Progress progress, EpochResult result) {
    lines.append(epochsBefore + result.epoch());
    add(result.training());
    Evaluation validation = result.validation();
    if (validation != null) {
      add(validation);
    }
    lines.append('\n');
    write();
  }

  private void add(Evaluation values) {
    lines.append(separator).append(values.accuracy()).append(separator).append(values.loss());
  }

  private void write() {
    try {
      byte[] text = lines.toString().getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, out -> out.write(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
