package dev.lanewise;

import dev.lanewise.cli.Lanewise;

/** The entry point of the command line. */
public final class Main {
  private Main() {}

  /**
   * Runs the program and ends the VM with its exit code.
   *
   * @param args the command line; see {@code --help}
   */
  public static void main(String[] args) {
    int exitCode;
    try {
      exitCode = Lanewise.start(args);
    } catch (NoClassDefFoundError missing) {
      System.err.println(
          "The command line needs info.picocli:picocli, on the class path, or on the module path with"
              + " --add-modules info.picocli (which jlink needs, too): "
              + missing.getMessage()
              + " is missing");
      exitCode = Lanewise.FAILED;
    }
    System.exit(exitCode);
  }
}
