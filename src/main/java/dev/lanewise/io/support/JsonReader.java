package dev.lanewise.io.support;

/**
 * Reads JSON (RFC 8259) piece by piece, strictly: the caller says what comes next, and anything
 * else is refused. So a text takes no more memory than what the caller keeps of it. (A library of
 * JSON would be one that users of the kernels needed, too.)
 */
public final class JsonReader extends LiteralReader {
  /** Makes a reader that stands at the text's beginning. */
  public JsonReader(String text) {
    super(text, " \t\r\n");
  }

  /**
   * Moves to the next element of the object or array that ends with {@code closing}.
   *
   * @param first whether nothing has been read of it yet
   * @return whether there is one; if not, its end has been read
   */
  public boolean next(boolean first, char closing) throws SyntaxException {
    if (skip(closing)) {
      return false;
    }
    if (!first && !skip(',')) {
      throw wrong("',' or '" + closing + "'");
    }
    return true;
  }

  /** Reads a name of an object and the colon behind it. */
  public String name() throws SyntaxException {
    String name = string();
    expect(':');
    return name;
  }

  /** Reads a string. */
  public String string() throws SyntaxException {
    space();
    if (!skip('"')) {
      throw wrong("a string");
    }
    int from = at;
    while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\\') {
      plain();
    }
    if (at < text.length() && text.charAt(at) == '"') {
      return text.substring(from, at++); // the usual case: nothing escaped
    }
    StringBuilder out = new StringBuilder(text.substring(from, at));
    while (at < text.length() && text.charAt(at) != '"') {
      out.append(text.charAt(at) == '\\' ? escaped() : plain());
    }
    if (at == text.length()) {
      throw wrong("the end of a string");
    }
    at++;
    checkPairs(out);
    return out.toString();
  }

  private char plain() throws SyntaxException {
    if (text.charAt(at) < ' ') {
      throw wrong("no control character in a string");
    }
    return text.charAt(at++);
  }

  private char escaped() throws SyntaxException {
    char c = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
    int plain = "\"\\/bfnrt".indexOf(c);
    if (plain >= 0) {
      at += 2;
      return "\"\\/\b\f\n\r\t".charAt(plain);
    }
    if (c != 'u' || at + 6 > text.length()) {
      throw wrong("an escaped character");
    }
    int value = 0;
    for (int i = at + 2; i < at + 6; i++) {
      char digit = text.charAt(i);
      int number = digit < 128 ? Character.digit(digit, 16) : -1;
      if (number < 0) {
        throw wrong("four hexadecimal digits");
      }
      value = value * 16 + number;
    }
    at += 6;
    return (char) value;
  }

  private void checkPairs(CharSequence out) throws SyntaxException {
    for (int i = 0; i < out.length(); i++) {
      if (Character.isHighSurrogate(out.charAt(i))
          && i + 1 < out.length()
          && Character.isLowSurrogate(out.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(out.charAt(i))) {
        throw wrong("no half of a character in a string");
      }
    }
  }

  /** Reads a whole number that is not negative. */
  public long count() throws SyntaxException {
    space();
    int from = at;
    long value = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      int digit = text.charAt(at) - '0';
      if (value > (Long.MAX_VALUE - digit) / 10) {
        at = from;
        throw wrong("a number below 2^63");
      }
      value = value * 10 + digit;
      at++;
    }
    boolean fraction = at < text.length() && ".eE".indexOf(text.charAt(at)) >= 0;
    boolean padded = at - from > 1 && text.charAt(from) == '0';
    if (at == from || fraction || padded) {
      at = from;
      throw wrong("a whole number, not negative");
    }
    return value;
  }
}
