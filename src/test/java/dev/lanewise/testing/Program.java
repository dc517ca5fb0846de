package dev.lanewise.testing;

import dev.lanewise.cli.Lanewise;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs the program in this VM, which takes far less time than in one of its own. */
public final class Program {
  private Program() {}

  /** What a run printed and how it ended. */
  public record Result(int exitCode, String out, String err) {}

  /** Runs a command line. */
  public static Result run(String... arguments) {
    PrintStream systemOut = System.out;
    PrintStream systemErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode;
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      exitCode = Lanewise.run(arguments);
    } finally {
      System.setOut(systemOut);
      System.setErr(systemErr);
    }
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
