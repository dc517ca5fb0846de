package dev.lanewise.optim;

import java.util.ArrayList;
import java.util.List;

/** How optimizers are spelled: cutting a text at separators outside brackets, and its values. */
final class Spelling {
  private Spelling() {}

  /**
   * Cuts a text at a separator, but not inside brackets, and strips blanks.
   *
   * @throws IllegalArgumentException if brackets do not match
   */
  static List<String> cut(String text, char separator) {
    List<String> parts = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(' || c == '[') {
        open.append(c == '(' ? ')' : ']');
      } else if (c == ')' || c == ']') {
        if (open.isEmpty() || open.charAt(open.length() - 1) != c) {
          throw new IllegalArgumentException("the brackets in '" + text + "' do not match");
        }
        open.setLength(open.length() - 1);
      } else if (c == separator && open.isEmpty()) {
        parts.add(text.substring(from, i).strip());
        from = i + 1;
      }
    }
    if (!open.isEmpty()) {
      throw new IllegalArgumentException("the brackets in '" + text + "' do not match");
    }
    parts.add(text.substring(from).strip());
    return parts;
  }

  /** The items of a list, [a,b]; a text without brackets is a list of one. */
  static List<String> list(String text) {
    if (!text.startsWith("[") || !text.endsWith("]")) {
      return List.of(text);
    }
    String inner = text.substring(1, text.length() - 1).strip();
    return inner.isEmpty() ? List.of() : cut(inner, ',');
  }

  /** Names joined as in a sentence: "a, b and c". */
  static String joined(List<String> names) {
    int last = names.size() - 1;
    return last == 0
        ? names.getFirst()
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }
}
