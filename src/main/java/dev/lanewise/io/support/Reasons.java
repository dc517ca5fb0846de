package dev.lanewise.io.support;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** Why a file cannot be read or written, in a few words. */
public final class Reasons {
  private Reasons() {}

  /** The reason that an exception of the JDK gives, without the file's name; never null. */
  public static String of(IOException failure) {
    return switch (failure) {
      case FileSystemException e when e.getReason() != null -> e.getReason();
      case AccessDeniedException e -> "access denied";
      case FileSystemException e -> unnamed(e);
      default -> {
        String message = failure.getMessage();
        if (message == null) {
          yield unnamed(failure);
        }
        // The JDK's message is "name (No space left on device)": the part in brackets counts.
        int bracket = message.lastIndexOf('(');
        yield bracket >= 0 && message.endsWith(")")
            ? message.substring(bracket + 1, message.length() - 1)
            : message;
      }
    };
  }

  /** The JDK says no more than the exception's name. */
  private static String unnamed(IOException failure) {
    return "the system reports " + failure.getClass().getSimpleName();
  }
}
