package dev.lanewise.train;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.DenseTargets;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Labels;
import dev.lanewise.data.SampleWeights;
import dev.lanewise.io.InvalidFileException;
import dev.lanewise.io.Safetensors;
import dev.lanewise.io.support.Names;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The state of a training between two of its steps, with everything that later steps depend on.
 * {@link Trainer#resume} resumes the training from it, bit for bit.
 *
 * <p>Random numbers need no state of their own. The order of an epoch is a function of the seed and
 * the epoch's number, dropout one of the seed and the step's number ({@link
 * dev.lanewise.graph.StepState#key}), and the three are here.
 *
 * @param settings what the training was asked for, by name; a resumed one must be asked for the
 *     same
 * @param position how far it has come
 * @param results what the finished epochs gave
 * @param tensors the weights under the variables' names, and the optimizer's arrays under
 *     "optimizer/" and theirs
 */
public record Checkpoint(
    SequencedMap<String, String> settings,
    Position position,
    List<EpochResult> results,
    SequencedMap<String, Tensor> tensors) {
  /** What stands before the names of the optimizer's arrays. */
  static final String OPTIMIZER = "optimizer/";

  private static final String FORMAT = "lanewise.checkpoint";

  /** To be raised when a file of today could no longer be resumed to the same bits. */
  private static final String VERSION = "1";

  private static final String SETTING = "setting/";
  private static final String POSITION = "position/";
  private static final String RESULT = "result/";

  /** Makes maps and list unmodifiable. */
  public Checkpoint {
    settings = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(settings));
    results = List.copyOf(results);
    tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
  }

  /**
   * How far a training has come.
   *
   * @param step the steps done in this call of fit
   * @param epoch the epoch under way, from 1
   * @param epochStep the steps done in it, which is the place in its order of images in batches
   * @param trainerStep the trainer's steps in all its calls of fit: what dropout's keys come from
   * @param shuffleEpoch the number that the epoch's order is drawn from
   * @param optimizerStep the optimizer's steps
   * @param learningRate the optimizer's learning rate in the next step, if it is no schedule
   * @param seen the images seen in the epoch
   * @param correct how many of them were answered correctly
   * @param lossSum the sum of their losses
   * @param epochSeconds the time that the epoch has taken
   * @param seconds the time that the whole training has taken
   */
  public record Position(
      long step,
      int epoch,
      int epochStep,
      long trainerStep,
      long shuffleEpoch,
      long optimizerStep,
      double learningRate,
      long seen,
      long correct,
      double lossSum,
      double epochSeconds,
      double seconds) {}

  /**
   * Returns how many epochs were planned; {@link Trainer#resume} may be given more.
   *
   * @return the number; the epoch under way if the checkpoint does not tell it
   */
  public int plannedEpochs() {
    return Settings.epochs(settings).orElse(position.epoch());
  }

  /**
   * Returns the weights that the training would have left if it had ended here: the moving averages
   * if the optimizer keeps them ({@link dev.lanewise.optim.OptimizerState#finish}), as Keras and
   * {@link Trainer#fit} put them into the model after the last epoch; else the weights themselves.
   *
   * @return the tensors themselves, under the variables' names
   */
  public SequencedMap<String, Tensor> weights() {
    SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (!name.startsWith(OPTIMIZER)) {
            Tensor average = tensors.get(OPTIMIZER + name + OptimizerState.AVERAGE);
            weights.put(name, average == null || position.optimizerStep() == 0 ? tensor : average);
          }
        });
    return weights;
  }

  /**
   * Writes a file: safetensors with a checksum, which appears whole or not at all.
   *
   * @param file where to write
   * @throws IOException if it cannot be written; what was there is untouched
   */
  public void write(Path file) throws IOException {
    SequencedMap<String, String> metadata = new LinkedHashMap<>();
    metadata.put(FORMAT, VERSION);
    settings.forEach((name, value) -> metadata.put(SETTING + name, value));
    put(metadata, "step", position.step());
    put(metadata, "epoch", position.epoch());
    put(metadata, "epoch_step", position.epochStep());
    put(metadata, "trainer_step", position.trainerStep());
    put(metadata, "shuffle_epoch", position.shuffleEpoch());
    put(metadata, "optimizer_step", position.optimizerStep());
    put(metadata, "learning_rate", position.learningRate());
    put(metadata, "seen", position.seen());
    put(metadata, "correct", position.correct());
    put(metadata, "loss_sum", position.lossSum());
    put(metadata, "epoch_seconds", position.epochSeconds());
    put(metadata, "seconds", position.seconds());
    results.forEach(result -> metadata.put(RESULT + result.epoch(), text(result)));
    Safetensors.write(file, tensors, metadata);
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return what {@link #write} wrote
   * @throws InvalidFileException if it is no checkpoint, or not a whole one: one sentence
   * @throws IOException if it cannot be read
   */
  public static Checkpoint read(Path file) throws IOException {
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

  /** A number with all its digits: what Java prints is read back to the same bits. */
  private static void put(Map<String, String> metadata, String name, Object number) {
    metadata.put(POSITION + name, number.toString());
  }

  private static String text(EpochResult result) {
    String seconds = result.trainSeconds() + " " + result.validationSeconds();
    Evaluation validation = result.validation();
    return seconds + text(result.training()) + (validation == null ? "" : text(validation));
  }

  private static String text(Evaluation given) {
    return " " + given.loss() + " " + given.accuracy();
  }

  /** Whether a safetensors file's texts are a checkpoint's, of whatever version. */
  static boolean isCheckpoint(Map<String, String> metadata) {
    return metadata.containsKey(FORMAT);
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

  /** What the bits of a training depend on, in words: a checkpoint keeps it. */
  static final class Settings {
    /**
     * The one number that a training may be resumed with another of: no step's bits depend on it.
     */
    private static final String EPOCHS = "epochs";

    private static final String OPTIMIZER = "optimizer";

    private Settings() {}

    static SequencedMap<String, String> of(
        Sequential model,
        Optimizer optimizer,
        Loss loss,
        long seed,
        Dataset data,
        FitOptions options) {
      SequencedMap<String, String> settings = new LinkedHashMap<>();
      settings.put("model", model.inputShape() + " " + model.layers());
      settings.put(OPTIMIZER, optimizer.toString());
      settings.put("loss", loss.name());
      settings.put("seed", Long.toString(seed));
      settings.put(EPOCHS, Integer.toString(options.epochs()));
      settings.put("batch size", Integer.toString(options.batchSize()));
      settings.put("shuffle", Boolean.toString(options.shuffle()));
      settings.put("training data", words(data));
      settings.put("validation data", words(options.validation()));
      return settings;
    }

    /**
     * Refuses to resume with settings that are not a checkpoint's; the number of epochs may be
     * another.
     *
     * @throws IllegalArgumentException with the first one that differs
     */
    static void check(Map<String, String> checkpoint, Map<String, String> now) {
      now.forEach(
          (name, value) -> {
            String before = checkpoint.get(name);
            if (!value.equals(before) && !name.equals(EPOCHS)) {
              throw new IllegalArgumentException(
                  "the checkpoint was made with the %s %s, but is to be resumed with %s%s"
                      .formatted(
                          name,
                          before,
                          value,
                          name.equals(OPTIMIZER) ? stretched(checkpoint, now) : ""));
            }
          });
    }

    /** What is to be said of an optimizer that changes along with the number of epochs. */
    private static String stretched(Map<String, String> checkpoint, Map<String, String> now) {
      String before = checkpoint.get(EPOCHS);
      String after = now.get(EPOCHS);
      return Objects.equals(before, after)
          ? ""
          : ("; a training that goes from %s to %s epochs keeps its optimizer: with a "
                  + "learning rate that is laid out for another length, the steps that are done "
                  + "would have been others")
              .formatted(before, after);
    }

    /** How many epochs a checkpoint's training was to have, if its settings say so. */
    static OptionalInt epochs(Map<String, String> checkpoint) {
      String epochs = checkpoint.get(EPOCHS);
      return epochs == null || !epochs.matches("[0-9]{1,9}")
          ? OptionalInt.empty()
          : OptionalInt.of(Integer.parseInt(epochs));
    }

    /** How many samples and targets, and a checksum of them. */
    private static String words(@Nullable Dataset data) {
      if (data == null) {
        return "none";
      }
      CRC32 crc = new CRC32();
      switch (data.samples()) {
        case ByteSamples bytes ->
            crc.update(bytes.bytes(), bytes.position(0), bytes.count() * bytes.shape().elements());
        case FloatSamples floats ->
            add(crc, floats.count(), floats.shape().elements(), floats::gather);
      }
      switch (data.targets()) {
        case Labels labels -> {
          ByteBuffer ints = ByteBuffer.allocate(4 * labels.count());
          for (int i = 0; i < labels.count(); i++) {
            ints.putInt(labels.label(i));
          }
          crc.update(ints.flip());
        }
        case DenseTargets rows -> add(crc, rows.count(), rows.shape().elements(), rows::gather);
      }
      SampleWeights weights = data.weights();
      if (weights != null) {
        add(crc, weights.count(), 1, weights::gather);
      }
      return "%s and %s%s, checksum %s"
          .formatted(
              data.samples(),
              data.targets(),
              weights == null ? "" : " and " + weights,
              HexFormat.of().toHexDigits((int) crc.getValue()));
    }

    /** What copies the rows at {@code order[from]} and following. */
    private interface Gather {
      void rows(int[] order, int from, int count, float[] to, int offset);
    }

    /** Takes rows into a checksum, one by one: all of them may be too many for an array. */
    private static void add(CRC32 crc, int count, int width, Gather from) {
      float[] row = new float[width];
      ByteBuffer bytes = ByteBuffer.allocate(4 * width);
      for (int i = 0; i < count; i++) {
        from.rows(new int[] {i}, 0, 1, row, 0);
        bytes.clear().asFloatBuffer().put(row);
        crc.update(bytes);
      }
    }
  }
}
