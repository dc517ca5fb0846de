package dev.lanewise.train;

import java.util.Collection;
import java.util.List;

/** Lists in sentences, however long they are. */
final class Listing {
  private static final int MOST = 8;

  private Listing() {}

  /** "a", "a and b", "a, b and c", "a, b, … and 7 more"; "nothing" for none. */
  static String of(Collection<?> items) {
    return of(List.copyOf(items), " and ");
  }

  /** The same with "or". */
  static String or(Collection<?> items) {
    return of(List.copyOf(items), " or ");
  }

  private static String of(List<?> items, String conjunction) {
    int size = items.size();
    if (size == 0) {
      return "nothing";
    }
    int shown = size <= MOST ? size - 1 : MOST - 1;
    String last = shown == size - 1 ? String.valueOf(items.getLast()) : size - shown + " more";
    if (shown == 0) {
      return last;
    }
    List<String> texts = items.subList(0, shown).stream().map(String::valueOf).toList();
    return String.join(", ", texts) + conjunction + last;
  }
}
