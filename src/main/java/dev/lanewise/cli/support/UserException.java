package dev.lanewise.cli.support;

import java.io.Serial;

/** What the user asked for cannot be done: one clear sentence, printed without a stack trace. */
public final class UserException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** Exit code of a run that failed on its way: a file that cannot be read or written. */
  public static final int FAILED = 1;

  /** Exit code for a wrong option or command. */
  public static final int WRONG_OPTION = 2;

  private final int exitCode;

  private UserException(int exitCode, String sentence) {
    super(sentence);
    this.exitCode = exitCode;
  }

  /** A wrong option: found before anything was done. */
  public static UserException wrongOption(String sentence) {
    return new UserException(WRONG_OPTION, sentence);
  }

  /** A failure on the way: a file that cannot be read or written. */
  public static UserException failed(String sentence) {
    return new UserException(FAILED, sentence);
  }

  /** A wrong option, refused with this sentence by what it was meant for. */
  public static UserException wrongOption(Exception refusal) {
    return wrongOption(String.valueOf(refusal.getMessage()));
  }

  /** A failure on the way, told by the exception's sentence. */
  public static UserException failed(Exception failure) {
    return failed(String.valueOf(failure.getMessage()));
  }

  public int exitCode() {
    return exitCode;
  }
}
