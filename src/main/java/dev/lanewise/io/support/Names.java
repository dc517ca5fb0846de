package dev.lanewise.io.support;

import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/** What messages quote from files (names, cells, headers), and lists in sentences. */
public final class Names {
  private static final int LONGEST = 60;
  private static final int MOST_LISTED = 8;
  private static final HexFormat HEX = HexFormat.of();

  private Names() {}

  /**
   * A text in quotes, on one line and not endlessly long, whatever stands in a file: characters
   * that do not print, or change how others print, are escaped as in Java.
   */
  public static String quoted(String text) {
    return "'" + bounded(text) + "'";
  }

  /** The same without quotes, for numbers and shapes. */
  public static String bounded(String text) {
    StringBuilder out = new StringBuilder();
    int shown = 0;
    while (shown < text.length() && out.length() < LONGEST) {
      int c = text.codePointAt(shown);
      shown += Character.charCount(c);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (prints(c)) {
            out.appendCodePoint(c);
          } else {
            // A character beyond the first plane is written as its two halves.
            for (char half : Character.toChars(c)) {
              out.append("\\u").append(HEX.toHexDigits(half));
            }
          }
        }
      }
    }
    return out.append(shown < text.length() ? "…" : "").toString();
  }

  private static boolean prints(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT, // turns the direction of what follows, or shows nothing
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /** "a", "a and b", "a, b and c", "a, b, … and 7 more"; "nothing" for none. */
  public static String listed(Collection<?> items) {
    return listed(List.copyOf(items), " and ");
  }

  /** The same with "or". */
  public static String either(Collection<?> items) {
    return listed(List.copyOf(items), " or ");
  }

  private static String listed(List<?> items, String conjunction) {
    int size = items.size();
    if (size == 0) {
      return "nothing";
    }
    int shown = size <= MOST_LISTED ? size - 1 : MOST_LISTED - 1;
    String last = shown == size - 1 ? String.valueOf(items.getLast()) : size - shown + " more";
    if (shown == 0) {
      return last;
    }
    List<String> texts = items.subList(0, shown).stream().map(String::valueOf).toList();
    return String.join(", ", texts) + conjunction + last;
  }
}
