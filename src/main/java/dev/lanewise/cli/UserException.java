package dev.lanewise.cli;

import java.io.Serial;

/** What the user asked for cannot be done: one clear sentence, printed without a stack trace. */
final class UserException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final int exitCode;

  private UserException(int exitCode, String sentence) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /** A wrong option: found before anything was done. */
  static UserException wrongOption(String sentence) {
    return new UserException(Lanewise.WRONG_OPTION, sentence);
  }

  /** A failure on the way: a file that cannot be read or written. */
  static UserException failed(String sentence) {
    return new UserException(Lanewise.FAILED, sentence);
  }

  /** A wrong option, refused with this sentence by what it was meant for. */
  static UserException wrongOption(Exception refusal) {
    return wrongOption(String.valueOf(refusal.getMessage()));
  }

  /** A failure on the way, told by the exception's sentence. */
  static UserException failed(Exception failure) {
    return failed(String.valueOf(failure.getMessage()));
  }

  int exitCode() {
    return exitCode;
  }
}
