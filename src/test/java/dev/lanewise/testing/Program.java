package dev.lanewise.testing;

import dev.lanewise.cli.Lanewise;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Runs the program in this VM, which takes far less time than in one of its own. */
public final class Program {
  private static final String BITS = "lanewise.vectorBits";

  private Program() {}

  /** Runs a command line; standard input is empty. */
  public static Fork.Result run(String... arguments) {
    return run(new byte[0], arguments);
  }

  /** Runs a command line; a width that it asks for is forgotten afterwards. */
  public static Fork.Result run(byte[] input, String... arguments) {
    String bits = System.getProperty(BITS);
    InputStream systemIn = System.in;
    PrintStream systemOut = System.out;
    PrintStream systemErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode;
    try {
      System.setIn(new ByteArrayInputStream(input));
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      exitCode = Lanewise.run(arguments);
    } finally {
      System.setIn(systemIn);
      System.setOut(systemOut);
      System.setErr(systemErr);
      if (bits == null) {
        System.clearProperty(BITS);
      } else {
        System.setProperty(BITS, bits);
      }
    }
    return new Fork.Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
