package dev.lanewise.cli.support;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Prints lines that fit a terminal; see {@link Terminal#fold}. */
public final class FoldingStream extends PrintStream {
  private final int width;

  /** Makes a stream in UTF-8 whose lines are at most so wide. */
  public FoldingStream(OutputStream to, int width) {
    super(to, true, StandardCharsets.UTF_8);
    this.width = width;
  }

  /** How wide a line may be that is printed to a stream. */
  public static int widthOf(PrintStream out) {
    return out instanceof FoldingStream folding ? folding.width : Terminal.UNLIMITED;
  }

  @Override
  public void print(@Nullable String text) {
    super.print(Terminal.fold(String.valueOf(text), width));
  }

  /** At once: the formatter would print in pieces. */
  @Override
  @SuppressWarnings("AnnotateFormatMethod") // nor is the method that is overridden
  public PrintStream format(Locale locale, String format, @Nullable Object... arguments) {
    print(String.format(locale, format, arguments));
    return this;
  }
}
