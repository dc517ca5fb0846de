package dev.lanewise.train.callback;

import dev.lanewise.kernel.support.Check;
import dev.lanewise.train.Callback;
import dev.lanewise.train.EpochResult;
import dev.lanewise.train.Evaluation;
import dev.lanewise.train.Training;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Prints an epoch's progress as Keras does: "938/938 ━━━━━━━━━━━━━━━━━━━━ 3s 3ms/step - accuracy:
 * 0.9421 - loss: 0.1893 - val_accuracy: 0.9802 - val_loss: 0.0600".
 *
 * <p>On a terminal the line is redrawn in place some times a second, with the remaining time;
 * elsewhere only the finished line of each epoch is printed. A narrow terminal gets a shorter bar,
 * then fewer numbers while an epoch runs; of a finished epoch all are printed, on several lines.
 */
public final class ProgressLine implements Callback {
  private static final int BAR = 20;
  private static final int SHORTEST_BAR = 5;
  private static final double REDRAW_SECONDS = 0.2;
  private static final String BETWEEN = " - ";
  private static final String INDENT = "  ";

  private final PrintStream out;
  private final boolean terminal;
  private final int width;
  private double lastDrawn;
  private int drawn;

  /**
   * Makes the callback, for lines of any width.
   *
   * @param out where to print
   * @param terminal whether lines may be redrawn in place
   */
  public ProgressLine(PrintStream out, boolean terminal) {
    this(out, terminal, Integer.MAX_VALUE);
  }

  /**
   * Makes the callback.
   *
   * @param out where to print
   * @param terminal whether lines may be redrawn in place
   * @param width how many characters a line may have, one fewer than a terminal has columns: many
   *     begin a new line behind the last one
   * @throws IllegalArgumentException if {@code width} is below 1
   */
  public ProgressLine(PrintStream out, boolean terminal, int width) {
    this.out = out;
    this.terminal = terminal;
    this.width = Check.atLeast("width", width, 1);
  }

  @Override
  public void onEpochBegin(Training training) {
    lastDrawn = 0;
    out.println("Epoch " + training.epoch() + "/" + training.epochs());
  }

  @Override
  public void onBatchEnd(Training training) {
    if (!terminal) {
      return;
    }
    double seconds = training.seconds();
    if (training.step() < training.steps() && seconds - lastDrawn >= REDRAW_SECONDS) {
      lastDrawn = seconds;
      double each = seconds / training.step();
      double left = each * (training.steps() - training.step());
      out.print("\r" + over(running(training, duration(left), perStep(each))));
      out.flush();
    }
  }

  @Override
  public void onEpochEnd(Training training, EpochResult result) {
    double seconds = result.trainSeconds() + result.validationSeconds();
    List<String> items = new ArrayList<>();
    items.add(number("accuracy", training.accuracy()));
    items.add(number("loss", training.loss()));
    Evaluation validation = result.validation();
    if (validation != null) {
      items.add(number("val_accuracy", validation.accuracy()));
      items.add(number("val_loss", validation.loss()));
    }
    String each = perStep(result.trainSeconds() / training.steps());
    String text = head(training, duration(seconds), each, 0);
    List<String> lines = new ArrayList<>();
    for (String item : items) {
      if (text.length() + BETWEEN.length() + item.length() <= width) {
        text += BETWEEN + item;
      } else {
        lines.add(text);
        text = INDENT + item;
      }
    }
    lines.add(text);
    lines.set(0, over(lines.getFirst()));
    drawn = 0;
    out.println((terminal ? "\r" : "") + String.join(System.lineSeparator(), lines));
  }

  /** A text with blanks over what is left of the one that was drawn before. */
  private String over(String text) {
    int left = drawn - text.length();
    drawn = text.length();
    return left > 0 ? text + " ".repeat(left) : text;
  }

  /** The fullest line that fits. */
  private String running(Training training, String time, String each) {
    String accuracy = number("accuracy", training.accuracy());
    String loss = number("loss", training.loss());
    String all = BETWEEN + accuracy + BETWEEN + loss;
    String head = head(training, time, each, all.length());
    String count = training.step() + "/" + training.steps() + " " + time;
    List<String> shorter =
        List.of(
            head + all,
            String.format(
                Locale.ROOT, "%s acc %.4f loss %.4f", count, training.accuracy(), training.loss()),
            String.format(Locale.ROOT, "%s loss %.4f", count, training.loss()),
            count);
    for (String line : shorter) {
      if (line.length() <= width) {
        return line;
      }
    }
    return count.substring(0, Math.min(width, count.length()));
  }

  /** Count, bar and times; the bar is as long as what follows allows, or left out. */
  private String head(Training training, String time, String each, int following) {
    String count = training.step() + "/" + training.steps() + " ";
    String times = time + " " + each + "/step";
    int room = width - count.length() - times.length() - following - 1;
    int bar = Math.min(BAR, room);
    if (bar < SHORTEST_BAR) {
      return count + times;
    }
    int done = (int) ((long) bar * training.step() / training.steps());
    return count + "━".repeat(done) + "─".repeat(bar - done) + " " + times;
  }

  private static String number(String name, double value) {
    return String.format(Locale.ROOT, "%s: %.4f", name, value);
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
