package dev.lanewise.train;

import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.Safetensors;
import dev.lanewise.io.support.Names;
import dev.lanewise.train.Checkpoint.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** A checkpoint's numbers as texts among a safetensors file's metadata. */
final class CheckpointFile {
  private static final String FORMAT = "lanewise.checkpoint";

  /** To be raised when a file of today could no longer be resumed to the same bits. */
  private static final String VERSION = "1";

  private static final String SETTING = "setting/";
  private static final String POSITION = "position/";
  private static final String RESULT = "result/";

  private CheckpointFile() {}

  static void write(Path file, Checkpoint checkpoint) throws IOException {
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    metadata.put(FORMAT, VERSION);
    checkpoint.settings().forEach((name, value) -> metadata.put(SETTING + name, value));
    Position at = checkpoint.position();
    put(metadata, "step", at.step());
    put(metadata, "epoch", at.epoch());
    put(metadata, "epoch_step", at.epochStep());
    put(metadata, "trainer_step", at.trainerStep());
    put(metadata, "shuffle_epoch", at.shuffleEpoch());
    put(metadata, "optimizer_step", at.optimizerStep());
    put(metadata, "learning_rate", at.learningRate());
    put(metadata, "seen", at.seen());
    put(metadata, "correct", at.correct());
    put(metadata, "loss_sum", at.lossSum());
    put(metadata, "epoch_seconds", at.epochSeconds());
    put(metadata, "seconds", at.seconds());
    for (EpochResult result : checkpoint.results()) {
      metadata.put(RESULT + result.epoch(), text(result));
    }
    Safetensors.write(file, checkpoint.tensors(), metadata);
  }

  /** A number with all its digits: what Java prints is read back to the same bits. */
  private static void put(Map<String, String> metadata, String name, Object number) {
    metadata.put(POSITION + name, number.toString());
  }

  private static String text(EpochResult result) {
    Evaluation validation = result.validation();
    return result.trainSeconds()
        + " "
        + result.validationSeconds()
        + " "
        + result.training().loss()
        + " "
        + result.training().accuracy()
        + (validation == null ? "" : " " + validation.loss() + " " + validation.accuracy());
  }

  /** Whether a safetensors file's texts are a checkpoint's, of whatever version. */
  static boolean isCheckpoint(Map<String, String> metadata) {
    return metadata.containsKey(FORMAT);
  }

  static Checkpoint read(Path file) throws IOException {
    Safetensors.Contents contents = Safetensors.read(file);
    Map<String, String> metadata = contents.metadata();
    String version = metadata.get(FORMAT);
    if (version == null || !contents.checked()) {
      throw new InvalidFileException(
          file.toString(), "holds tensors, but is no checkpoint of a training");
    }
    if (!version.equals(VERSION)) {
      throw new InvalidFileException(
          file.toString(),
          "is a checkpoint of version %s, but version %s is read here"
              .formatted(Names.bounded(version), VERSION));
    }
    SequencedMap<String, String> settings = new LinkedHashMap<>();
    metadata.forEach(
        (name, value) -> {
          if (name.startsWith(SETTING)) {
            settings.put(name.substring(SETTING.length()), value);
          }
        });
    try {
      return new Checkpoint(settings, position(metadata), results(metadata), contents.tensors());
    } catch (IllegalArgumentException wrong) {
      throw new InvalidFileException(
          file.toString(), "is a checkpoint whose position is wrong: " + wrong.getMessage());
    }
  }

  private static Position position(Map<String, String> metadata) {
    return new Position(
        whole(metadata, "step"),
        (int) whole(metadata, "epoch", Integer.MAX_VALUE),
        (int) whole(metadata, "epoch_step", Integer.MAX_VALUE),
        whole(metadata, "trainer_step"),
        whole(metadata, "shuffle_epoch"),
        whole(metadata, "optimizer_step"),
        number(metadata, "learning_rate"),
        whole(metadata, "seen"),
        whole(metadata, "correct"),
        number(metadata, "loss_sum"),
        number(metadata, "epoch_seconds"),
        number(metadata, "seconds"));
  }

  private static long whole(Map<String, String> metadata, String name) {
    return whole(metadata, name, Long.MAX_VALUE);
  }

  private static long whole(Map<String, String> metadata, String name, long most) {
    String text = text(metadata, name);
    try {
      long value = Long.parseLong(text);
      if (value >= 0 && value <= most) {
        return value;
      }
    } catch (NumberFormatException noNumber) {
      // As one that is too large.
    }
    throw new IllegalArgumentException(name + " is " + Names.bounded(text));
  }

  private static double number(Map<String, String> metadata, String name) {
    return number(name, text(metadata, name));
  }

  private static double number(String name, String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException noNumber) {
      throw new IllegalArgumentException(name + " is " + Names.bounded(text), noNumber);
    }
  }

  private static String text(Map<String, String> metadata, String name) {
    String text = metadata.get(POSITION + name);
    if (text == null) {
      throw new IllegalArgumentException("it has no " + name);
    }
    return text;
  }

  private static List<EpochResult> results(Map<String, String> metadata) {
    List<EpochResult> results = new ArrayList<>();
    for (int epoch = 1; ; epoch++) {
      String text = metadata.get(RESULT + epoch);
      if (text == null) {
        return results;
      }
      double[] numbers =
          List.of(text.split(" ", -1)).stream()
              .mapToDouble(number -> number("a number of the result", number))
              .toArray();
      if (numbers.length != 4 && numbers.length != 6) {
        throw new IllegalArgumentException(
            "the result of epoch " + epoch + " is " + Names.quoted(text));
      }
      results.add(
          new EpochResult(
              epoch,
              numbers[0],
              numbers[1],
              new Evaluation(numbers[2], numbers[3]),
              numbers.length == 4 ? null : new Evaluation(numbers[4], numbers[5])));
    }
  }
}
