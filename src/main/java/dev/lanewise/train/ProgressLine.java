package dev.lanewise.train;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Prints an epoch's progress as Keras does: "938/938 ━━━━━━━━━━━━━━━━━━━━ 3s 3ms/step - accuracy:
 * 0.9421 - loss: 0.1893 - val_accuracy: 0.9802 - val_loss: 0.0600".
 *
 * <p>On a terminal the line is redrawn in place some times a second, with the remaining time;
 * elsewhere only the finished line of each epoch is printed.
 */
public final class ProgressLine implements Callback {
  private static final int BAR = 20;
  private static final double REDRAW_SECONDS = 0.2;

  private final PrintStream out;
  private final boolean terminal;
  private double lastDrawn;

  /**
   * Makes the callback.
   *
   * @param out where to print
   * @param terminal whether lines may be redrawn in place
   */
  public ProgressLine(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void onEpochBegin(Progress progress) {
    lastDrawn = 0;
    out.println("Epoch " + progress.epoch() + "/" + progress.epochs());
  }

  @Override
  public void onBatchEnd(Progress progress) {
    if (!terminal) {
      return;
    }
    double seconds = progress.seconds();
    if (progress.step() < progress.steps() && seconds - lastDrawn >= REDRAW_SECONDS) {
      lastDrawn = seconds;
      double each = seconds / progress.step();
      double left = each * (progress.steps() - progress.step());
      out.print("\r" + line(progress, left, each) + "  ");
      out.flush();
    }
  }

  @Override
  public void onEpochEnd(Progress progress, EpochResult result) {
    double seconds = result.trainSeconds() + result.validationSeconds();
    String text = line(progress, seconds, result.trainSeconds() / progress.steps());
    Evaluation validation = result.validation();
    if (validation != null) {
      text +=
          String.format(
              Locale.ROOT,
              " - val_accuracy: %.4f - val_loss: %.4f",
              validation.accuracy(),
              validation.loss());
    }
    out.println((terminal ? "\r" : "") + text);
  }

  private static String line(Progress progress, double seconds, double secondsEach) {
    int done = (int) ((long) BAR * progress.step() / progress.steps());
    return String.format(
        Locale.ROOT,
        "%d/%d %s%s %s %s/step - accuracy: %.4f - loss: %.4f",
        progress.step(),
        progress.steps(),
        "━".repeat(done),
        "─".repeat(BAR - done),
        duration(seconds),
        perStep(secondsEach),
        progress.accuracy(),
        progress.loss());
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60 ? whole + "s" : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }

  private static String perStep(double seconds) {
    if (seconds >= 1) {
      return Math.round(seconds) + "s";
    }
    return seconds >= 1e-3 ? Math.round(seconds * 1e3) + "ms" : Math.round(seconds * 1e6) + "us";
  }
}
