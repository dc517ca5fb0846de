package dev.lanewise.cli.support;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How wide lines may be where standard output is a terminal, and lines that are not wider. */
public final class Terminal {
  /** Where lines may be of any length: in files and pipes. */
  public static final int UNLIMITED = Integer.MAX_VALUE;

  private static final int USUAL = 80;
  private static final int NARROWEST = 20;
  private static final long PATIENCE_SECONDS = 2;
  private static final Pattern SIZE = Pattern.compile("[0-9]+ ([0-9]{1,5})\\s*");
  private static final Pattern TERM = Pattern.compile("\\s*\\S+(?: \\S+)*\\s{2,}");
  private static final Pattern LINE = Pattern.compile("[^\n]+");
  private static final Pattern ESCAPE = Pattern.compile("\u001b\\[[0-9;]*m");

  private Terminal() {}

  /** Whether a person sees standard output, and types. */
  @SuppressWarnings(
      "SystemConsoleNull") // one of our checks knows that it is never null, one does not
  public static boolean isThere() {
    return System.console() != null && System.console().isTerminal();
  }

  /**
   * How many columns a line may fill: one fewer than the terminal has, since many begin a new line
   * behind the last one; {@link #UNLIMITED} where there is no terminal.
   */
  public static int width() {
    return isThere() ? width(System.getenv()) : UNLIMITED;
  }

  private static int width(Map<String, String> environment) {
    String given = environment.getOrDefault("COLUMNS", "");
    int columns = given.matches("[0-9]{1,5}") ? Integer.parseInt(given) : asked();
    return Math.max(columns <= 0 ? USUAL : columns, NARROWEST) - 1;
  }

  /** What the terminal itself says; 0 if nobody can ask it. */
  private static int asked() {
    File terminal = new File("/dev/tty");
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(terminal)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return 0;
      }
      String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Matcher size = SIZE.matcher(said);
      return size.matches() ? Integer.parseInt(size.group(1)) : 0;
    } catch (IOException none) {
      return 0;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  /**
   * Folds the lines of a text that are too long, at blanks. What follows stands below the
   * description of a term, "term description", if that leaves half of the width, and otherwise a
   * little to the right of the line's beginning. A word that is too long, a path perhaps, is left
   * whole.
   */
  public static String fold(String text, int width) {
    if (text.length() <= width) {
      return text;
    }
    return LINE.matcher(text)
        .replaceAll(
            line -> {
              boolean fits = !isLong(line.group(), width);
              return Matcher.quoteReplacement(fits ? line.group() : folded(line.group(), width));
            });
  }

  private static boolean isLong(String line, int width) {
    // A line that is redrawn is made to fit by those who draw it.
    return line.length() > width && !line.startsWith("\r") && printed(line) > width;
  }

  private static int printed(String text) {
    return ESCAPE.matcher(text).replaceAll("").length();
  }

  private static String folded(String line, int width) {
    int begin = line.length() - line.stripLeading().length();
    Matcher term = TERM.matcher(line);
    boolean below = term.lookingAt() && term.end() <= width / 2;
    int first = begin <= width / 2 ? begin : width / 4;
    int hang = below ? term.end() : first + (begin <= width / 2 ? 2 : 0);
    StringBuilder out = new StringBuilder(below ? term.group() : " ".repeat(first));
    int column = below ? hang : first;
    boolean fresh = true; // nothing but the indentation stands in this row
    for (String word : line.substring(below ? term.end() : begin).split(" +", -1)) {
      int length = printed(word);
      if (!fresh && column + 1 + length > width) {
        column = Math.clamp(width - length, 0, hang);
        out.append('\n').repeat(" ", column);
        fresh = true;
      }
      out.append(fresh ? "" : " ").append(word);
      column += length + (fresh ? 0 : 1);
      fresh = false;
    }
    return out.toString();
  }

  /** A stream in UTF-8 whose lines are at most so wide. */
  public static PrintStream folding(OutputStream to, int width) {
    return new FoldingStream(to, width);
  }

  /** How wide a line may be that is printed to a stream. */
  public static int widthOf(PrintStream out) {
    return out instanceof FoldingStream folding ? folding.width : UNLIMITED;
  }

  private static final class FoldingStream extends PrintStream {
    private final int width;

    FoldingStream(OutputStream to, int width) {
      super(to, true, StandardCharsets.UTF_8);
      this.width = width;
    }

    @Override
    public void print(@Nullable String text) {
      super.print(fold(String.valueOf(text), width));
    }

    /** At once: the formatter would print in pieces. */
    @Override
    @SuppressWarnings("AnnotateFormatMethod") // nor is the method that is overridden
    public PrintStream format(Locale locale, String format, @Nullable Object... arguments) {
      print(String.format(locale, format, arguments));
      return this;
    }
  }
}
