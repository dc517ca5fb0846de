package dev.lanewise.optim;

/**
 * Checks of hyper-parameters: each refusal is one sentence with name, value and expectation. The
 * names are the keys that an optimizer's spelling has.
 *
 * <p>Rates and what schedules make of them are doubles until the step's scalars are formed; what a
 * kernel takes as a float must be one that it can hold: a number above 0 must not round to 0, nor
 * one below 1 to 1.
 */
final class HyperChecks {
  private HyperChecks() {}

  /** Refuses a number that is negative, NaN or, as a float, infinite. */
  static void atLeastZero(String name, double value) {
    if (!(value >= 0 && value <= Float.MAX_VALUE)) {
      throw refused(name, value, "finite and at least 0");
    }
  }

  /** Refuses what {@link #atLeastZero} does, and a number above 0 that is 0 as a float. */
  static void zeroOrAbove(String name, double value) {
    if (value > 0 && (float) value == 0) {
      throw refused(name, value, "0 or at least " + Float.MIN_VALUE);
    }
    atLeastZero(name, value);
  }

  /** Refuses a number outside [0, 1), as a float too, NaN included. */
  static void share(String name, double value) {
    if (!(value >= 0 && (float) value < 1)) {
      throw refused(name, value, "at least 0 and below 1");
    }
    zeroOrAbove(name, value);
  }

  /** Refuses a number that is not positive, NaN or, as a float, infinite or 0. */
  static void aboveZero(String name, double value) {
    if (!((float) value > 0 && value <= Float.MAX_VALUE)) {
      throw refused(name, value, "finite and above 0");
    }
  }

  /**
   * Refuses an epsilon that would not keep 0 / 0, where a weight has had no gradient yet, from
   * being NaN.
   *
   * @param factor the least that the rule multiplies it by, at most 1
   */
  static void epsilon(double value, double factor) {
    aboveZero("epsilon", value);
    if ((float) (value * factor) == 0) {
      throw refused("epsilon", value, "at least " + Float.MIN_VALUE / factor);
    }
  }

  /** Refuses a whole number below a smallest one. */
  static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "the " + name + " is " + value + ", but must be at least " + least);
    }
  }

  /** Refuses a number outside [0, 1], NaN included, and one between that as a float is not. */
  static void fraction(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw refused(name, value, "from 0 to 1");
    }
    float held = (float) value;
    if (held != value && (held == 0 || held == 1)) {
      throw refused(name, value, "0, 1 or a float between");
    }
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
