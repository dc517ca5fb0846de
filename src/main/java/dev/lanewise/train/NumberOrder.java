package dev.lanewise.train;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order that numbers give to modules' names: fc1 before fc2, features.3 before features.10,
 * dense before dense_1, block1.b before block2.a. It is partial: no number tells whether up comes
 * before down, or features.3 before classifier.0.
 */
final class NumberOrder {
  private static final Pattern TOKEN = Pattern.compile("[0-9]+|[^0-9]+");
  private static final Pattern COUNTER = Pattern.compile("_[0-9]+");

  private NumberOrder() {}

  /** Whether the first name's numbers are surely before the second's. */
  static boolean isBefore(List<String> one, List<String> other) {
    int depth = Math.min(one.size(), other.size());
    for (int i = 0; i < depth; i++) {
      if (!one.get(i).equals(other.get(i))) {
        return isBefore(one.get(i), other.get(i));
      }
    }
    return false;
  }

  private static boolean isBefore(String one, String other) {
    if (other.startsWith(one) && COUNTER.matcher(other.substring(one.length())).matches()) {
      return true; // Keras counts dense, dense_1, dense_2
    }
    List<String> left = tokens(one);
    List<String> right = tokens(other);
    int length = Math.min(left.size(), right.size());
    for (int i = 0; i < length; i++) {
      String a = left.get(i);
      String b = right.get(i);
      if (isNumber(a) && isNumber(b)) {
        int order = compare(a, b);
        if (order != 0) {
          return order < 0;
        }
      } else if (!a.equals(b)) {
        return false;
      }
    }
    return false;
  }

  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    while (matcher.find()) {
      tokens.add(matcher.group());
    }
    return tokens;
  }

  private static boolean isNumber(String token) {
    char first = token.charAt(0);
    return first >= '0' && first <= '9';
  }

  /** Compares numbers of any length. */
  private static int compare(String a, String b) {
    String one = a.replaceFirst("^0+", "");
    String other = b.replaceFirst("^0+", "");
    return one.length() != other.length()
        ? Integer.compare(one.length(), other.length())
        : one.compareTo(other);
  }
}
