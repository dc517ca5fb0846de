package dev.lanewise.cli.compare;

import java.util.List;

/**
 * A number over several seeds.
 *
 * @param mean the mean
 * @param least the least
 * @param most the greatest
 * @param count over how many
 */
record SeedStatistics(double mean, double least, double most, int count) {
  static SeedStatistics of(List<Double> values) {
    double sum = 0;
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      sum += value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return new SeedStatistics(sum / values.size(), least, most, values.size());
  }

  double range() {
    return most - least;
  }

  /** Whether the means differ by more than the seeds of either make a number vary. */
  boolean differsFrom(SeedStatistics other) {
    return Math.abs(mean - other.mean) > Math.max(range(), other.range());
  }
}
