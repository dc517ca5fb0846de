package dev.lanewise.cli.support;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What somebody may have meant who typed something else. */
public final class Suggestions {
  /** From so many letters on the beginning of a name stands for it. */
  private static final int BEGINNING = 3;

  private Suggestions() {}

  /** "; did you mean --epochs?", or nothing if no known name is near. */
  public static String hint(String typed, Collection<String> known) {
    String nearest = nearest(typed, known);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  /**
   * The name with the fewest slips between it and what was typed, or null if there are too many:
   * more than one, and more than one in three letters. Dashes and capitals do not count.
   */
  public static @Nullable String nearest(String typed, Collection<String> known) {
    String word = letters(typed);
    String nearest = null;
    int least = Math.max(1, word.length() / 3) + 1;
    for (String name : known) {
      String letters = letters(name);
      int slips = slips(word, letters);
      if (word.length() >= BEGINNING && letters.startsWith(word)) {
        slips = Math.min(slips, 1);
      }
      if (slips < least && slips < Math.max(word.length(), letters.length())) {
        nearest = name;
        least = slips;
      }
    }
    return nearest;
  }

  private static String letters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[-_]", "");
  }

  /** Letters too many, missing, wrong or swapped with their neighbours (F. J. Damerau). */
  private static int slips(String a, String b) {
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    Arrays.setAll(last, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      before = last;
      last = row;
    }
    return last[b.length()];
  }
}
