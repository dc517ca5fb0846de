package dev.lanewise.io.support;

/** Reads a text from its beginning, mark by mark: what readers of JSON and of Python share. */
public abstract sealed class LiteralReader permits JsonReader, PythonReader {
  /** What the text should be, and is not. */
  public static final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    private SyntaxException(String message) {
      super(message);
    }
  }

  /** What is read. */
  final String text;

  /** The next character's place. */
  int at;

  private final String blanks;

  LiteralReader(String text, String blanks) {
    this.text = text;
    this.blanks = blanks;
  }

  /** Reads "{" or whatever mark is due. */
  public final void expect(char mark) throws SyntaxException {
    if (!skip(mark)) {
      throw wrong("'" + mark + "'");
    }
  }

  /** Holds that nothing but white space is left. */
  public final void end() throws SyntaxException {
    space();
    if (at < text.length()) {
      throw wrong("its end");
    }
  }

  /** Moves behind a mark, if it comes next but for white space. */
  final boolean skip(char mark) {
    space();
    if (at < text.length() && text.charAt(at) == mark) {
      at++;
      return true;
    }
    return false;
  }

  final void space() {
    while (at < text.length() && blanks.indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  final SyntaxException wrong(String expected) {
    String found = at >= text.length() ? "its end" : Names.quoted(text.substring(at, at + 1));
    return new SyntaxException(
        "at character %s %s was expected, but %s found".formatted(at, expected, found));
  }
}
