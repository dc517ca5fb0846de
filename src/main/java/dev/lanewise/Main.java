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
    System.exit(Lanewise.run(args));
  }
}
