package dev.lanewise.io.support;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** Writes files in a VM of its own, for tests of several programs and of standard output. */
final class WritingProgram {
  static final int LENGTH = 100_000;

  private WritingProgram() {}

  /** Arguments: a path, a letter and how often to write it {@link #LENGTH} times. */
  public static void main(String[] args) throws IOException {
    System.out.print("<");
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      write(Path.of(args[0]), args[1].charAt(0));
    }
    System.out.print(">");
  }

  /** Writes in two halves, so that a file that is seen half written has another length. */
  static void write(Path file, char letter) throws IOException {
    byte[] half = new byte[LENGTH / 2];
    Arrays.fill(half, (byte) letter);
    AtomicFile.write(
        file,
        out -> {
          out.write(half);
          LockSupport.parkNanos(1);
          out.write(half);
        });
  }
}
