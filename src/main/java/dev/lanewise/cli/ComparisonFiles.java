package dev.lanewise.cli;

import dev.lanewise.cli.Comparison.Run;
import dev.lanewise.cli.Comparison.Settings;
import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.io.support.JsonWriter;
import dev.lanewise.train.EpochResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.StringJoiner;

/** A comparison's numbers as CSV and JSON, with all their digits. */
final class ComparisonFiles {
  private ComparisonFiles() {}

  static void text(Path file, String text) throws IOException {
    bytes(file, text.getBytes(StandardCharsets.UTF_8));
  }

  static void bytes(Path file, byte[] content) throws IOException {
    AtomicFile.write(file, out -> out.write(content));
  }

  /** A field of a CSV file, in quotes if it needs them (RFC 4180). */
  static String field(String text) {
    return text.matches("[^,\"\r\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }

  /** One line for each epoch of each run. */
  static String csv(Comparison comparison) {
    StringBuilder out =
        new StringBuilder(
            "optimizer,seed,epoch,train_seconds,val_seconds,loss,accuracy,val_loss,val_accuracy,"
                + "total_seconds\n");
    for (Run run : comparison.runs()) {
      for (EpochResult result : run.history().epochs()) {
        StringJoiner line = new StringJoiner(",", "", "\n");
        line.add(field(run.optimizer().spelling())).add(Long.toString(run.seed()));
        line.add(Integer.toString(result.epoch()));
        for (double number :
            new double[] {
              result.trainSeconds(),
              result.validationSeconds(),
              result.training().loss(),
              result.training().accuracy(),
              Comparison.validationLoss(result),
              Comparison.validationAccuracy(result),
              run.history().totalSeconds()
            }) {
          line.add(Double.toString(number));
        }
        out.append(line);
      }
    }
    return out.toString();
  }

  static String json(Comparison comparison) {
    Settings settings = comparison.settings();
    JsonWriter json = new JsonWriter(true).object();
    settings(json.name("settings").object(), settings).end();
    Report.versions(json.name("versions").object()).end();
    Report.machine(json.name("machine").object(), settings.kernels()).end();
    json.name("runs").array();
    for (Run run : comparison.runs()) {
      json.object().name("optimizer").value(run.optimizer().spelling());
      json.name("hyper_parameters").value(run.optimizer().rule().toString());
      json.name("seed").value(run.seed());
      json.name("total_seconds").value(run.history().totalSeconds());
      String ended = run.ended();
      if (ended != null) {
        json.name("ended").value(ended);
      }
      json.name("epochs").array();
      for (EpochResult result : run.history().epochs()) {
        Report.epoch(json.object(), result).end();
      }
      json.end().end();
    }
    return json.end().end() + "\n";
  }

  static JsonWriter settings(JsonWriter json, Settings settings) {
    json.name("data").value(settings.data());
    json.name("training_images").value(settings.trainingImages());
    json.name("validation_images").value(settings.validationImages());
    json.name("epochs").value(settings.epochs());
    json.name("batch_size").value(settings.batchSize());
    json.name("seed").value(settings.seed());
    return json.name("seeds").value(settings.seeds());
  }
}
