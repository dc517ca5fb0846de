package dev.lanewise.cli.compare;

import dev.lanewise.cli.compare.Comparison.Run;
import dev.lanewise.cli.compare.Comparison.Settings;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.io.support.AtomicFile;
import dev.lanewise.train.EpochResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.StringJoiner;

/** A comparison's numbers as CSV and JSON, with all their digits. */
final class ComparisonFiles {
  private ComparisonFiles() {}

  static void text(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
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

  static Map<String, Object> json(Comparison comparison) {
    Settings settings = comparison.settings();
    return JsonReport.object(
        "settings", settings(settings),
        "versions", JsonReport.versions(),
        "machine", JsonReport.machine(settings.kernels()),
        "runs", comparison.runs().stream().map(ComparisonFiles::run).toList());
  }

  private static Map<String, Object> run(Run run) {
    return JsonReport.object(
        "optimizer", run.optimizer().spelling(),
        "hyper_parameters", run.optimizer().rule().toString(),
        "seed", run.seed(),
        "total_seconds", run.history().totalSeconds(),
        "ended", run.ended(),
        "epochs", run.history().epochs().stream().map(JsonReport::epoch).toList());
  }

  static Map<String, Object> settings(Settings settings) {
    return JsonReport.object(
        "data", settings.data(),
        "training_images", settings.trainingImages(),
        "validation_images", settings.validationImages(),
        "epochs", settings.epochs(),
        "batch_size", settings.batchSize(),
        "seed", settings.seed(),
        "seeds", settings.seeds());
  }
}
