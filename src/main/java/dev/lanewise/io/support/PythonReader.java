package dev.lanewise.io.support;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a literal of Python: dicts, tuples, lists, strings, whole numbers (also Python 2's {@code
 * 2L}), True, False and None, which is all that headers of npy files are made of.
 */
public final class PythonReader extends LiteralReader {
  private static final int DEEPEST = 100;

  /** A value of Python. */
  public sealed interface Value {}

  /** A string. */
  public record Text(String text) implements Value {}

  /** A whole number. */
  public record Whole(BigInteger value) implements Value {}

  /** True, False or None, by its name. */
  public record Constant(String name) implements Value {}

  /** A tuple, or a list. */
  public record Items(boolean tuple, List<Value> values) implements Value {}

  /** A dict; of equal keys the last counts, as in Python. */
  public record Dict(Map<Value, Value> values) implements Value {}

  private int depth;

  private PythonReader(String text) {
    super(text, " \t\r\n\f");
  }

  /**
   * Reads a literal.
   *
   * @throws SyntaxException if the text is not one, as a whole
   */
  public static Value read(String text) throws SyntaxException {
    PythonReader reader = new PythonReader(text);
    Value value = reader.value();
    reader.end();
    return value;
  }

  private Value value() throws SyntaxException {
    space();
    char c = peek();
    if (++depth > DEEPEST) {
      throw wrong("less depth");
    }
    Value value =
        switch (c) {
          case '{' -> dict();
          case '(' -> tuple();
          case '[' -> new Items(false, items(']'));
          case '\'', '"' -> string();
          default -> c == '-' || c == '+' || isDigit(c) ? whole() : word();
        };
    depth--;
    return value;
  }

  private Value dict() throws SyntaxException {
    Map<Value, Value> values = new LinkedHashMap<>();
    at++;
    while (!skip('}')) {
      Value key = value();
      expect(':');
      values.put(key, value());
      if (!skip(',')) {
        expect('}');
        break;
      }
    }
    return new Dict(values);
  }

  /** One value in brackets without a comma is that value. */
  private Value tuple() throws SyntaxException {
    int start = at;
    List<Value> values = items(')');
    boolean comma = text.substring(start, at - 1).stripTrailing().endsWith(",");
    return values.size() == 1 && !comma ? values.getFirst() : new Items(true, values);
  }

  private List<Value> items(char closing) throws SyntaxException {
    List<Value> values = new ArrayList<>();
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

  private Value string() throws SyntaxException {
    char quote = text.charAt(at++);
    StringBuilder out = new StringBuilder();
    while (peek() != quote) {
      if (at >= text.length()) {
        throw wrong("the end of a string");
      }
      char c = text.charAt(at++);
      if (c == '\\') {
        c = peek();
        if (c != '\\' && c != '\'' && c != '"') {
          throw wrong("an escaped quote");
        }
        at++;
      } else if (c == '\n' || c == '\r') {
        throw wrong("the end of a string");
      }
      out.append(c);
    }
    at++;
    return new Text(out.toString());
  }

  private Value whole() throws SyntaxException {
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
    return new Whole(new BigInteger(digits));
  }

  private Value word() throws SyntaxException {
    for (String name : new String[] {"True", "False", "None"}) {
      if (text.startsWith(name, at)) {
        at += name.length();
        return new Constant(name);
      }
    }
    boolean unicode = peek() == 'u' || peek() == 'U'; // a prefix of Python 2
    char next = at + 1 < text.length() ? text.charAt(at + 1) : '\0';
    if (unicode && (next == '\'' || next == '"')) {
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
