package dev.lanewise.io.support;

import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * Numbers as people type them, in ASCII: of what Java reads besides, such as {@code 1f}, {@code
 * 0x1p3} and the digits of other scripts, nobody who types it means the number that it gives.
 */
public final class Numbers {
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?Infinity|[+-]?NaN");

  private Numbers() {}

  /** Whether a text is a decimal number: 10, 0.001, 1e-3; Infinity and NaN are, too. */
  public static boolean isDecimal(String text) {
    return DECIMAL.matcher(text).matches();
  }

  /** Whether a text is a whole number that fits a long. */
  public static boolean isWhole(String text) {
    return WHOLE.matcher(text).matches() && fits(text, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static boolean fits(String text, long least, long most) {
    BigInteger value = new BigInteger(text);
    return value.compareTo(BigInteger.valueOf(least)) >= 0
        && value.compareTo(BigInteger.valueOf(most)) <= 0;
  }

  /**
   * Returns a decimal number, rounded to a double.
   *
   * @throws IllegalArgumentException if {@code text} is none, in one sentence
   */
  public static double decimal(String text) {
    if (!isDecimal(text)) {
      throw new IllegalArgumentException(
          Names.quoted(text) + " is not a number such as 10, 0.001 or 1e-3");
    }
    return Double.parseDouble(text);
  }

  /**
   * Returns a whole number of a range.
   *
   * @throws IllegalArgumentException if {@code text} is none or out of the range, in one sentence
   */
  public static long whole(String text, long least, long most) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException(Names.quoted(text) + " is not a whole number such as 10");
    }
    if (!fits(text, least, most)) {
      throw new IllegalArgumentException(
          Names.quoted(text) + " is out of the range from " + least + " to " + most);
    }
    return Long.parseLong(text);
  }
}
