package dev.lanewise.cli;

import dev.lanewise.cli.support.Terminal;
import java.io.PrintStream;
import picocli.CommandLine.Option;

/** How much is printed, and whether in colour. */
final class OutputOptions {
  private static final String ESCAPE = "\u001b[";

  @Option(
      names = {"-q", "--quiet"},
      description = "Prints only the result: no progress, no table.")
  private boolean quiet;

  @Option(
      names = "--no-color",
      description =
          "Prints no colours and redraws no line, even on a terminal; the environment variable"
              + " NO_COLOR does the same.")
  private boolean plain;

  boolean isQuiet() {
    return quiet;
  }

  /** Standard output as UTF-8, with lines that fit its terminal. */
  static PrintStream out() {
    return Terminal.folding(System.out, Terminal.width());
  }

  /** Whether the output may hold what only a terminal understands. */
  boolean isTerminal() {
    String noColor = System.getenv("NO_COLOR");
    return !plain && (noColor == null || noColor.isEmpty()) && Terminal.isThere();
  }

  String bold(String text) {
    return isTerminal() ? ESCAPE + "1m" + text + ESCAPE + "0m" : text;
  }
}
