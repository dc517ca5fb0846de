package dev.lanewise.optim;

/**
 * Checks of hyper-parameters: each refusal is one sentence with name, value and expectation. The
 * names are the keys that an optimizer's spelling has.
 *
 * <p>Rates and what schedules make of them are doubles until the step's scalars are formed; what a
 * kernel takes as a float must be one that it can hold: a number above 0 must not round to 0, nor
 * one below 1 to 1.
 */
final class Hyper {
  private Hyper() {}

  /** Refuses a number that is negative, NaN or, as a float, infinite. */
  static double atLeastZero(String name, double value) {
    if (!(value >= 0 && value <= Float.MAX_VALUE)) {
      throw refused(name, value, "finite and at least 0");
    }
    return value;
  }

  /** Refuses what {@link #atLeastZero} does, and a number above 0 that is 0 as a float. */
  static double zeroOrAbove(String name, double value) {
    if (value > 0 && (float) value == 0) {
      throw refused(name, value, "0 or at least " + Float.MIN_VALUE);
    }
    return atLeastZero(name, value);
  }

  /** Refuses a number outside [0, 1), as a float too, NaN included. */
  static double share(String name, double value) {
    if (!(value >= 0 && (float) value < 1)) {
      throw refused(name, value, "at least 0 and below 1");
    }
    return zeroOrAbove(name, value);
  }

  /** Refuses a number that is not positive, NaN or, as a float, infinite or 0. */
  static double aboveZero(String name, double value) {
    if (!((float) value > 0 && value <= Float.MAX_VALUE)) {
      throw refused(name, value, "finite and above 0");
    }
    return value;
  }

  /**
   * Refuses an epsilon that would not keep 0 / 0, where a weight has had no gradient yet, from
   * being NaN.
   *
   * @param factor the least that the rule multiplies it by, at most 1
   */
  static double epsilon(double value, double factor) {
    aboveZero("epsilon", value);
    if ((float) (value * factor) == 0) {
      throw refused("epsilon", value, "at least " + Float.MIN_VALUE / factor);
    }
    return value;
  }

  /** Refuses a whole number below 1. */
  static long atLeastOne(String name, long value) {
    return atLeast(name, value, 1);
  }

  /** Refuses a whole number below a smallest one. */
  static long atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "the " + name + " is " + value + ", but must be at least " + least);
    }
    return value;
  }

  /** Refuses a number outside [0, 1], NaN included, and one between that as a float is not. */
  static double fraction(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw refused(name, value, "from 0 to 1");
    }
    float held = (float) value;
    if (held != value && (held == 0 || held == 1)) {
      throw refused(name, value, "0, 1 or a float between");
    }
    return value;
  }

  private static IllegalArgumentException refused(String name, double value, String expected) {
    float held = (float) value;
    String rounded =
        held == value || value < 0
            ? ""
            : held == 0
                ? ", which is 0 as a float"
                : held == 1
                    ? ", which is 1 as a float"
                    : Float.isInfinite(held) ? ", which is infinite as a float" : "";
    return new IllegalArgumentException(
        "the " + name + " is " + value + rounded + ", but must be " + expected);
  }
}
