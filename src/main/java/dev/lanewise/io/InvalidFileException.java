package dev.lanewise.io;

import java.io.IOException;

/**
 * Thrown when a file is not what it should be: cut off, damaged, of another format, or at odds with
 * another file.
 *
 * <p>The message is one sentence that names the file, what was expected and what was found. Nothing
 * was loaded from the file.
 */
public class InvalidFileException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * Makes an exception.
   *
   * @param file the file's name
   * @param problem what is wrong with it, so that the name in front of it makes a sentence
   */
  public InvalidFileException(String file, String problem) {
    super(file + " " + problem);
  }
}
