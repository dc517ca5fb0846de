package dev.lanewise.train;

import dev.lanewise.data.ByteSamples;
import dev.lanewise.data.Dataset;
import dev.lanewise.data.DenseTargets;
import dev.lanewise.data.FloatSamples;
import dev.lanewise.data.Labels;
import dev.lanewise.data.SampleWeights;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.Sequential;
import dev.lanewise.optim.Optimizer;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** What the bits of a training depend on, in words: a checkpoint keeps it. */
final class Settings {
  /** The one number that a training may be resumed with another of: no step's bits depend on it. */
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
