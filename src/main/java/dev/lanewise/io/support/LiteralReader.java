package dev.lanewise.io.support;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a text from its beginning, mark by mark: JSON, or a literal of Python. */
public abstract sealed class LiteralReader {
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

  /**
   * Reads JSON (RFC 8259) piece by piece, strictly: the caller says what comes next, and anything
   * else is refused. So a text takes no more memory than what the caller keeps of it. (A library of
   * JSON would be one that users of the kernels needed, too.)
   */
  public static final class Json extends LiteralReader {
    private static final Pattern WORD =
        Pattern.compile("null|true|false|-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?");

    /** Makes a reader that stands at the text's beginning. */
    public Json(String text) {
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
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(out)) {
        throw wrong("no half of a character in a string");
      }
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
      int value;
      try {
        value = HexFormat.fromHexDigits(text, at + 2, at + 6);
      } catch (IllegalArgumentException none) {
        throw wrong("four hexadecimal digits");
      }
      at += 6;
      return (char) value;
    }

    /**
     * Reads a text as a whole: objects become maps, arrays lists, numbers doubles.
     *
     * @throws SyntaxException if it is none, or deeper than a hundred
     */
    public static @Nullable Object read(String text) throws SyntaxException {
      Json reader = new Json(text);
      Object value = reader.value(0);
      reader.end();
      return value;
    }

    private @Nullable Object value(int depth) throws SyntaxException {
      if (depth > Python.DEEPEST) {
        throw wrong("less depth");
      }
      if (skip('{')) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (boolean first = true; next(first, '}'); first = false) {
          values.put(name(), value(depth + 1));
        }
        return values;
      }
      if (skip('[')) {
        List<@Nullable Object> values = new ArrayList<>();
        for (boolean first = true; next(first, ']'); first = false) {
          values.add(value(depth + 1));
        }
        return values;
      }
      if (at < text.length() && text.charAt(at) == '"') {
        return string();
      }
      Matcher word = WORD.matcher(text).region(at, text.length());
      if (!word.lookingAt()) {
        throw wrong("a value");
      }
      at = word.end();
      return switch (word.group()) {
        case "null" -> null;
        case "true" -> true;
        case "false" -> false;
        default -> Double.valueOf(word.group());
      };
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

  /**
   * Reads a literal of Python: dicts, tuples, lists, strings, whole numbers (also Python 2's {@code
   * 2L}), True, False and None, which is all that headers of npy files are made of.
   *
   * <p>They become maps (of equal keys the last counts, as in Python), {@link Tuple}s, lists,
   * strings, {@link BigInteger}s, Booleans and null.
   */
  public static final class Python extends LiteralReader {
    private static final int DEEPEST = 100;

    /** A tuple, which a list in brackets is not. */
    public record Tuple(List<@Nullable Object> values) {}

    private int depth;

    private Python(String text) {
      super(text, " \t\r\n\f");
    }

    /**
     * Reads a literal.
     *
     * @throws SyntaxException if the text is not one, as a whole
     */
    public static @Nullable Object read(String text) throws SyntaxException {
      Python reader = new Python(text);
      Object value = reader.value();
      reader.end();
      return value;
    }

    private @Nullable Object value() throws SyntaxException {
      space();
      char c = peek();
      if (++depth > DEEPEST) {
        throw wrong("less depth");
      }
      Object value =
          switch (c) {
            case '{' -> dict();
            case '(' -> tuple();
            case '[' -> items(']');
            case '\'', '"' -> string();
            default -> c == '-' || c == '+' || isDigit(c) ? whole() : word();
          };
      depth--;
      return value;
    }

    private Map<@Nullable Object, @Nullable Object> dict() throws SyntaxException {
      Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
      at++;
      while (!skip('}')) {
        Object key = value();
        expect(':');
        values.put(key, value());
        if (!skip(',')) {
          expect('}');
          break;
        }
      }
      return values;
    }

    /** One value in brackets without a comma is that value. */
    private @Nullable Object tuple() throws SyntaxException {
      int start = at;
      List<@Nullable Object> values = items(')');
      boolean comma = text.substring(start, at - 1).stripTrailing().endsWith(",");
      return values.size() == 1 && !comma ? values.getFirst() : new Tuple(values);
    }

    private List<@Nullable Object> items(char closing) throws SyntaxException {
      List<@Nullable Object> values = new ArrayList<>();
      at++;
      while (!skip(closing)) {
        values.add(value());
        if (!skip(',')) {
          expect(closing);
          break;
        }
      }
      return values;
    }

    private String string() throws SyntaxException {
      char quote = text.charAt(at++);
      StringBuilder out = new StringBuilder();
      while (peek() != quote) {
        char c = peek();
        if (at == text.length() || c == '\n' || c == '\r') {
          throw wrong("the end of a string");
        }
        at++;
        if (c == '\\') {
          c = peek();
          if (c != '\\' && c != '\'' && c != '"') {
            throw wrong("an escaped quote");
          }
          at++;
        }
        out.append(c);
      }
      at++;
      return out.toString();
    }

    private BigInteger whole() throws SyntaxException {
      int from = at++;
      int first = isDigit(text.charAt(from)) ? from : at;
      while (isDigit(peek())) {
        at++;
      }
      if (at == first || (text.charAt(first) == '0' && at > first + 1)) {
        throw wrong("a whole number");
      }
      String digits = text.substring(from, at);
      if (peek() == 'L' || peek() == 'l') { // a long of Python 2
        at++;
      }
      return new BigInteger(digits);
    }

    private @Nullable Object word() throws SyntaxException {
      for (String name : new String[] {"True", "False", "None"}) {
        if (text.startsWith(name, at)) {
          at += name.length();
          return name.equals("None") ? null : Boolean.valueOf(name);
        }
      }
      String two = text.substring(at, Math.min(text.length(), at + 2));
      if (two.matches("[uU]['\"]")) { // a prefix of Python 2
        at++;
        return string();
      }
      throw wrong("a value");
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }

    /** The next character; 0 at the end, which stands in no literal. */
    private char peek() {
      return at < text.length() ? text.charAt(at) : '\0';
    }
  }
}
