package dev.lanewise.optim;

/** Checks of hyper-parameters: each refusal is one sentence with name, value and expectation. */
final class Hyper {
  private Hyper() {}

  /** Refuses a number that is negative, NaN or, as a float, infinite. */
  static double atLeastZero(String name, double value) {
    if (!(value >= 0 && value <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "the " + name + " is " + value + ", but must be finite and at least 0");
    }
    return value;
  }

  /** Refuses a number outside [0, 1), NaN included. */
  static double share(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          "the " + name + " is " + value + ", but must be at least 0 and below 1");
    }
    return value;
  }

  /** Refuses a number that is not positive, NaN or, as a float, infinite or 0. */
  static double aboveZero(String name, double value) {
    if (!(value >= Float.MIN_VALUE && value <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "the " + name + " is " + value + ", but must be finite and above 0");
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

  /** Refuses a number outside [0, 1], NaN included. */
  static double fraction(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "the " + name + " is " + value + ", but must be from 0 to 1");
    }
    return value;
  }
}
