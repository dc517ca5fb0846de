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
import java.util.SequencedMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** What the bits of a training depend on, in words: a checkpoint keeps it. */
final class Settings {
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
    settings.put("optimizer", optimizer.toString());
    settings.put("loss", loss.name());
    settings.put("seed", Long.toString(seed));
    settings.put("epochs", Integer.toString(options.epochs()));
    settings.put("batch size", Integer.toString(options.batchSize()));
    settings.put("shuffle", Boolean.toString(options.shuffle()));
    settings.put("training data", words(data));
    settings.put("validation data", words(options.validation()));
    return settings;
  }

  /**
   * Refuses to go on with settings that are not a checkpoint's.
   *
   * @throws IllegalArgumentException with the first one that differs
   */
  static void check(Map<String, String> checkpoint, Map<String, String> now) {
    now.forEach(
        (name, value) -> {
          String before = checkpoint.get(name);
          if (!value.equals(before)) {
            throw new IllegalArgumentException(
                "the checkpoint was made with the "
                    + name
                    + " "
                    + before
                    + ", but is to be resumed with "
                    + value);
          }
        });
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
      case FloatSamples floats -> {
        float[] one = new float[floats.shape().elements()];
        for (int i = 0; i < floats.count(); i++) {
          floats.gather(new int[] {i}, 0, 1, one, 0);
          add(crc, one);
        }
      }
    }
    switch (data.targets()) {
      case Labels labels -> {
        ByteBuffer ints = ByteBuffer.allocate(4 * labels.count());
        for (int i = 0; i < labels.count(); i++) {
          ints.putInt(labels.label(i));
        }
        crc.update(ints.flip());
      }
      case DenseTargets rows -> {
        float[] one = new float[rows.shape().elements()];
        for (int i = 0; i < rows.count(); i++) {
          rows.gather(new int[] {i}, 0, 1, one, 0);
          add(crc, one);
        }
      }
    }
    SampleWeights weights = data.weights();
    if (weights != null) {
      float[] all = new float[weights.count()];
      weights.gather(Trainer.inOrder(all.length), 0, all.length, all, 0);
      add(crc, all);
    }
    return data.samples()
        + " and "
        + data.targets()
        + (weights == null ? "" : " and " + weights)
        + ", checksum "
        + HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static void add(CRC32 crc, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    bytes.asFloatBuffer().put(values);
    crc.update(bytes);
  }
}
