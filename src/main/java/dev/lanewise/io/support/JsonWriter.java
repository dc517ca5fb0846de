package dev.lanewise.io.support;

import java.util.ArrayDeque;

/**
 * Writes JSON. The same text in every locale; floats as short as they can be read back exactly;
 * infinities and NaN, which JSON does not have, as the strings "Infinity", "-Infinity" and "NaN".
 */
public final class JsonWriter {
  private static final String INDENT = "  ";

  private final StringBuilder out = new StringBuilder();
  private final ArrayDeque<Character> open = new ArrayDeque<>();
  private final boolean indented;
  private boolean first = true;
  private boolean named;

  /** Makes a writer: for people, one value a line, or for programs, without any white space. */
  public JsonWriter(boolean indented) {
    this.indented = indented;
  }

  /** Opens an object; then come names and values. */
  public JsonWriter object() {
    return begin('{', '}');
  }

  /** Opens an array; then come values. */
  public JsonWriter array() {
    return begin('[', ']');
  }

  private JsonWriter begin(char opening, char closing) {
    beforeValue();
    out.append(opening);
    open.push(closing);
    first = true;
    return this;
  }

  /** Closes the object or array that was opened last. */
  public JsonWriter end() {
    if (named || open.isEmpty()) {
      throw new IllegalStateException("nothing can be closed here");
    }
    char closing = open.pop();
    if (!first) {
      newLine();
    }
    out.append(closing);
    first = false;
    return this;
  }

  /** Writes the name of the next value. */
  public JsonWriter name(String name) {
    if (named || open.isEmpty() || open.peek() != '}') {
      throw new IllegalStateException("a name has its place in an object, once before each value");
    }
    separate();
    quote(name);
    out.append(indented ? ": " : ":");
    named = true;
    return this;
  }

  /** Writes a string. */
  public JsonWriter value(String value) {
    beforeValue();
    quote(value);
    return this;
  }

  /** Writes a whole number. */
  public JsonWriter value(long value) {
    beforeValue();
    out.append(value);
    return this;
  }

  /** Writes a number. */
  public JsonWriter value(double value) {
    return number(Double.toString(value), Double.isFinite(value));
  }

  /** Writes a number with the digits that a float needs. */
  public JsonWriter value(float value) {
    return number(Float.toString(value), Float.isFinite(value));
  }

  /** Writes true or false. */
  public JsonWriter value(boolean value) {
    beforeValue();
    out.append(value);
    return this;
  }

  private JsonWriter number(String text, boolean finite) {
    beforeValue();
    out.append(finite ? text : "\"" + text + "\"");
    return this;
  }

  private void beforeValue() {
    boolean inObject = !open.isEmpty() && open.peek() == '}';
    if (inObject != named || (open.isEmpty() && !out.isEmpty())) {
      throw new IllegalStateException("a value has no place here");
    }
    if (!named && !open.isEmpty()) {
      separate();
    }
    named = false;
  }

  private void separate() {
    if (!first) {
      out.append(',');
    }
    first = false;
    newLine();
  }

  private void newLine() {
    if (indented) {
      out.append('\n').append(INDENT.repeat(open.size()));
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || (Character.isSurrogate(c) && !paired(text, i))) {
            out.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
              out.append(Character.forDigit((c >> shift) & 15, 16));
            }
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean paired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }

  /** The text so far; the whole of it once everything is closed. */
  @Override
  public String toString() {
    return out.toString();
  }
}
