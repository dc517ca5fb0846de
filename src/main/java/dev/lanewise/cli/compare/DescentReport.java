package dev.lanewise.cli.compare;

import dev.lanewise.cli.compare.Comparison.Settings;
import dev.lanewise.cli.support.JsonReport;
import dev.lanewise.cli.support.TextTable;
import dev.lanewise.train.EpochResult;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results of the kinds of gradient descent, as table, CSV and JSON. */
record DescentReport(Settings settings, OptimizerEntry optimizer, List<DescentRun> runs) {
  private static final String NONE = "–";

  /** Copies the list. */
  DescentReport {
    runs = List.copyOf(runs);
  }

  /** For the terminal, with a table in blocks that are at most so wide. */
  String text(int width) {
    return introduction() + "\n" + table().text(width) + "\n" + String.join("\n", notes()) + "\n";
  }

  String markdown() {
    StringBuilder out = new StringBuilder(introduction()).append('\n').append(table().markdown());
    out.append('\n');
    notes().forEach(note -> out.append("- ").append(note).append('\n'));
    return out.toString();
  }

  private String introduction() {
    return settings.sentence()
        + "; "
        + optimizer.label()
        + ", learning rate "
        + optimizer.rule().learningRate()
        + " for all.\n"
        + Comparison.WARM_UP
        + "\n";
  }

  private TextTable table() {
    int last = settings.epochs();
    TextTable table =
        new TextTable(
            List.of(
                "descent by",
                "images\nan update",
                "updates\nan epoch",
                "training\nan epoch",
                "an\nupdate",
                "cost\nepoch 1",
                "cost\nepoch " + last,
                "jump of the cost\nbetween updates",
                "validation\naccuracy"));
    for (DescentRun run : runs) {
      List<EpochResult> epochs = run.history().epochs();
      double seconds = run.secondsAnEpoch();
      boolean ended = run.ended() != null;
      table.row(
          List.of(
              run.label(),
              Integer.toString(run.imagesAnUpdate()),
              Integer.toString(run.updatesAnEpoch()),
              number("%.2f s", seconds),
              number("%.2f ms", 1e3 * seconds / run.updatesAnEpoch()),
              figure(Comparison.cost(epochs.getFirst())),
              ended ? NONE : figure(Comparison.cost(epochs.getLast())),
              figure(run.noise()),
              ended ? NONE : figure(Comparison.validationAccuracy(epochs.getLast()))));
    }
    return table;
  }

  private List<String> notes() {
    List<String> notes =
        new java.util.ArrayList<>(
            List.of(
                "Cost: mean over the images as they were met in training. Its jump between updates is"
                    + " the mean over the last epoch. Times are those of training, without"
                    + " validation."));
    for (DescentRun run : runs) {
      if (run.ended() != null) {
        notes.add(run.label() + ": " + run.ended() + ".");
      }
    }
    return notes;
  }

  /** One line for each update. */
  String csv() {
    StringBuilder out = new StringBuilder("descent,update,epochs,seconds,cost\n");
    for (DescentRun run : runs) {
      for (int i = 0; i < run.costs().length; i++) {
        out.append(run.kind().label()).append(',').append(i + 1).append(',');
        out.append((i + 1.0) / run.updatesAnEpoch()).append(',');
        out.append(run.seconds()[i]).append(',').append(run.costs()[i]).append('\n');
      }
    }
    return out.toString();
  }

  Map<String, Object> json() {
    Map<String, Object> common = ComparisonFiles.settings(settings);
    common.put("optimizer", optimizer.spelling());
    return JsonReport.object(
        "settings", common,
        "versions", JsonReport.versions(),
        "machine", JsonReport.machine(settings.kernels()),
        "runs", runs.stream().map(DescentReport::json).toList());
  }

  private static Map<String, Object> json(DescentRun run) {
    return JsonReport.object(
        "descent", run.kind().label(),
        "images_an_update", run.imagesAnUpdate(),
        "updates_an_epoch", run.updatesAnEpoch(),
        "total_seconds", run.history().totalSeconds(),
        "ended", run.ended(),
        "epochs", run.history().epochs().stream().map(JsonReport::epoch).toList());
  }

  /** A number, or a dash for one that there is not. */
  private static String figure(double value) {
    return Double.isFinite(value) ? number("%.4f", value) : NONE;
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
