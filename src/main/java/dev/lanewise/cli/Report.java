package dev.lanewise.cli;

import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.JsonWriter;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.train.Divergence;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.History;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The report that {@code --json} writes: settings, what it really ran on, and each epoch's results.
 */
record Report(
    Optimizer rule,
    String data,
    int trainingImages,
    int validationImages,
    int batchSize,
    long seed,
    LoadOptions.@Nullable Loaded loaded,
    Kernels kernels,
    History history,
    @Nullable Divergence diverged) {

  void write(Path file) throws IOException {
    write(file, content());
  }

  /** Writes JSON to a file. */
  static void write(Path file, String content) throws IOException {
    String text = content + "\n";
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String content() {
    JsonWriter json = new JsonWriter(true).object();
    settings(json.name("settings").object()).end();
    versions(json.name("versions").object()).end();
    machine(json.name("machine").object(), kernels).end();
    json.name("total_seconds").value(history.totalSeconds());
    Divergence lost = diverged;
    if (lost != null) {
      json.name("diverged").object().name("epoch").value(lost.epoch());
      json.name("reason").value(lost.reason()).end();
    }
    json.name("epochs").array();
    for (EpochResult result : history.epochs()) {
      epoch(json.object(), result).end();
    }
    return json.end().end().toString();
  }

  private JsonWriter settings(JsonWriter json) {
    json.name("optimizer").value(rule.name());
    json.name("hyper_parameters").value(rule.toString());
    json.name("learning_rate").value(rule.learningRate().at(0));
    json.name("epochs").value(history.epochs().size());
    json.name("batch_size").value(batchSize);
    json.name("seed").value(seed);
    LoadOptions.Loaded weights = loaded;
    if (weights != null) {
      json.name("loaded").value(weights.file().toString());
      json.name("loaded_layout").value(weights.layoutName());
    }
    json.name("data").value(data);
    json.name("training_images").value(trainingImages);
    return json.name("validation_images").value(validationImages);
  }

  static JsonWriter versions(JsonWriter json) {
    json.name("lanewise").value(Machine.version());
    json.name("java").value(System.getProperty("java.runtime.version"));
    return json.name("vm").value(System.getProperty("java.vm.name"));
  }

  /** What ran, asked of the kernels themselves, not of the options. */
  static JsonWriter machine(JsonWriter json, Kernels kernels) {
    json.name("processor").value(Machine.processor());
    json.name("processors").value(Runtime.getRuntime().availableProcessors());
    json.name("kernels").value(kernels.vectorBits() == 0 ? "scalar" : "simd");
    json.name("vector_bits").value(kernels.vectorBits());
    json.name("lanes").value(kernels.vectorBits() / Float.SIZE);
    return json.name("threads").value(kernels.threads());
  }

  static JsonWriter epoch(JsonWriter json, EpochResult result) {
    json.name("train_seconds").value(result.trainSeconds());
    json.name("val_seconds").value(result.validationSeconds());
    json.name("loss").value(result.training().loss());
    json.name("accuracy").value(result.training().accuracy());
    Evaluation validation = result.validation();
    if (validation != null) {
      json.name("val_loss").value(validation.loss());
      json.name("val_accuracy").value(validation.accuracy());
    }
    return json;
  }
}
