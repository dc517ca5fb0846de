package dev.lanewise.cli.compare;

import dev.lanewise.train.Callback;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.Training;
import java.io.PrintStream;
import java.util.Locale;

/** Prints one line an epoch. */
final class EpochLines implements Callback {
  private final PrintStream out;

  EpochLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void onEpochEnd(Training training, EpochResult result) {
    Evaluation validation = result.validation();
    out.printf(
        Locale.ROOT,
        "  epoch %d/%d: cost %.4f, accuracy %.4f%s, %.1f s%n",
        result.epoch(),
        training.epochs(),
        result.training().loss(),
        result.training().accuracy(),
        validation == null
            ? ""
            : String.format(
                Locale.ROOT,
                "; validation accuracy %.4f, loss %.4f",
                validation.accuracy(),
                validation.loss()),
        result.trainSeconds() + result.validationSeconds());
  }
}
