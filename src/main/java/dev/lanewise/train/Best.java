package dev.lanewise.train;

import dev.lanewise.train.Metric.Better;

/** The best value of a metric so far, and the rule by which another one is better. NaN never is. */
final class Best {
  private final Better better;
  private final double minDelta;
  private double value;

  Best(Better better, double minDelta) {
    this.better = better;
    this.minDelta = minDelta;
    reset();
  }

  void reset() {
    value = better == Better.LOWER ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }

  /** Begins with a value that is to be beaten. */
  void set(double start) {
    value = start;
  }

  /** Whether a value is better than another by more than minDelta. */
  boolean improves(double candidate, double reference) {
    return better == Better.LOWER
        ? candidate + minDelta < reference
        : candidate - minDelta > reference;
  }

  /** Takes a value if it is better than the best so far, and says whether it was. */
  boolean take(double candidate) {
    boolean improves = improves(candidate, value);
    if (improves) {
      value = candidate;
    }
    return improves;
  }

  double value() {
    return value;
  }

  /** Refuses an amount that is negative or not finite. */
  static double atLeastZero(String name, double amount) {
    if (!(amount >= 0 && amount < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + " is " + amount + ", but must be finite and at least 0");
    }
    return amount;
  }

  static int atLeastZero(String name, int number) {
    if (number < 0) {
      throw new IllegalArgumentException(name + " is " + number + ", but must be at least 0");
    }
    return number;
  }
}
