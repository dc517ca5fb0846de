package dev.lanewise.bench.suite;

/** Something that a user can mend; the message is one sentence that says what. */
final class BenchException extends Exception {
  private static final long serialVersionUID = 1;

  BenchException(String message) {
    super(message);
  }
}
