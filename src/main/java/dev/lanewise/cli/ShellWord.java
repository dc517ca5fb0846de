package dev.lanewise.cli;

import java.util.regex.Pattern;

/** Words of a command line that a user copies into a shell. */
final class ShellWord {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

  private ShellWord() {}

  /**
   * A word as a POSIX shell reads it back: in single quotes, if it holds more than plain letters.
   */
  static String of(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
