package dev.lanewise.train.callback;

import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.Names;
import dev.lanewise.io.support.OutputTarget;
import dev.lanewise.train.Callback;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Writes each epoch's metrics as a line of a CSV file (Keras's CSVLogger): {@code
 * epoch,accuracy,loss,val_accuracy,val_loss}, the validation's only if there is one.
 *
 * <p>Epochs count from 1, as everywhere here; Keras's file counts them from 0. Numbers have all
 * their digits. The file is replaced as a whole after each epoch, so that it never holds half a
 * line. An {@link UncheckedIOException} with one sentence ends the training if it cannot be
 * written.
 *
 * <p>A file that is appended to keeps every byte that it holds, also what others add to it
 * meanwhile. A last line without an end gets one, and epochs go on from the number in it. If its
 * first line is not the one that would be written here, or its last one begins with no number, it
 * is somebody else's: {@link #onTrainBegin} refuses it.
 */
public final class CSVLogger implements Callback {
  private final Path file;
  private final String separator;
  private final boolean append;

  private String header = "";
  private String lineEnd = "\n";
  private String text = "";
  private int lastEpoch;
  private int epochsBefore;
  private boolean begun;

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

  /**
   * Writes the header, or looks at what is there.
   *
   * @throws IllegalArgumentException if the file that is to be appended to is another one's
   * @throws UncheckedIOException if it cannot be read or written
   */
  @Override
  public void onTrainBegin(Training training) {
    String validation = training.isValidated() ? ",val_accuracy,val_loss" : "";
    header = ("epoch,accuracy,loss" + validation).replace(",", separator);
    lineEnd = "\n";
    text = "";
    lastEpoch = 0;
    begun = false;
    try {
      byte[] old = kept();
      if (isEmpty(old)) {
        add(header);
      } else {
        examine(new String(old, StandardCharsets.UTF_8));
        add("");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void onEpochEnd(Training training, EpochResult result) {
    if (!begun) {
      // A training that is resumed counts on by itself.
      epochsBefore = result.epoch() > lastEpoch ? 0 : lastEpoch + 1 - result.epoch();
      begun = true;
    }
    StringBuilder line = new StringBuilder().append(epochsBefore + result.epoch());
    add(line, result.training());
    Evaluation validation = result.validation();
    if (validation != null) {
      add(line, validation);
    }
    try {
      add(line.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(StringBuilder line, Evaluation values) {
    line.append(separator).append(values.accuracy()).append(separator).append(values.loss());
  }

  /** Refuses a text that is no log of such a training; finds its last epoch. */
  private void examine(String old) {
    lineEnd = old.contains("\r\n") ? "\r\n" : "\n";
    List<String> lines = old.lines().filter(line -> !line.isBlank()).toList();
    String first = withoutMark(lines.getFirst()).strip();
    if (!first.equals(header)) {
      throw new IllegalArgumentException(
          "%s cannot be appended to: it begins with %s, but this training's log with %s"
              .formatted(file, Names.quoted(first), Names.quoted(header)));
    }
    if (lines.size() > 1) {
      String cell = lines.getLast().split(Pattern.quote(separator), 2)[0].strip();
      if (!cell.matches("[0-9]{1,9}")) {
        throw new IllegalArgumentException(
            ("%s cannot be appended to: its last line begins with %s, where the number of "
                    + "an epoch must stand")
                .formatted(file, Names.quoted(cell)));
      }
      lastEpoch = Integer.parseInt(cell);
    }
  }

  private static String withoutMark(String text) {
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static boolean isEmpty(byte[] old) {
    return withoutMark(new String(old, StandardCharsets.UTF_8)).isBlank();
  }

  /** What stands in the file and is kept: what others wrote, too, if it is appended to. */
  private byte[] kept() throws IOException {
    if (!append) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    if (!Files.isRegularFile(file)) {
      return new byte[0]; // there is none, or a pipe, which gives back nothing
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read to append to it", e);
    }
  }

  /** Adds a line behind what is kept, whose last line is ended; an empty line is none. */
  private void add(String line) throws IOException {
    String ended = line.isEmpty() ? "" : line + lineEnd;
    if (OutputTarget.isStream(file)) {
      byte[] bytes = ended.getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file, out -> out.write(bytes));
      return;
    }
    byte[] old = kept();
    String between = old.length == 0 || old[old.length - 1] == '\n' ? "" : lineEnd;
    if (isEmpty(old)) {
      old = new byte[0];
      between = line.equals(header) ? "" : header + lineEnd;
    }
    byte[] before = old;
    byte[] added = (between + ended).getBytes(StandardCharsets.UTF_8);
    if (added.length > 0) {
      AtomicFile.write(
          file,
          out -> {
            out.write(before);
            out.write(added);
          });
    }
    text += append ? "" : between + ended;
  }
}
