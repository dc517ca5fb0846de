package dev.lanewise.cli.compare;

import java.util.DoubleSummaryStatistics;
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
    DoubleSummaryStatistics all = values.stream().mapToDouble(value -> value).summaryStatistics();
    return new SeedStatistics(all.getAverage(), all.getMin(), all.getMax(), values.size());
  }

  double range() {
    return most - least;
  }

  /** Whether the means differ by more than the seeds of either make a number vary. */
  boolean differsFrom(SeedStatistics other) {
    return Math.abs(mean - other.mean) > Math.max(range(), other.range());
  }
}
