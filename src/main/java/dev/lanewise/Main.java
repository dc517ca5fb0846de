package dev.lanewise;

import java.util.List;

/** The command line. */
public final class Main {
  private Main() {}

  /**
   * Prints the version.
   *
   * @param args the arguments, which are echoed
   */
  public static void main(String[] args) {
    System.out.println("Lanewise 0.1.0-SNAPSHOT " + List.of(args));
  }
}
