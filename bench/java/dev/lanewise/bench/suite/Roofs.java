package dev.lanewise.bench.suite;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The limits that were measured in the same suite: RoofBench's rows. */
final class Roofs {
  private final List<Row> rows;

  Roofs(List<Row> rows) {
    this.rows = rows.stream().filter(row -> row.family().equals("Roof")).toList();
  }

  /** Billions of fused multiply-adds' operations a second, from registers. */
  OptionalDouble fma(int threads) {
    return rows.stream()
        .filter(row -> row.method().equals("fma") && row.threads() == threads)
        .mapToDouble(row -> row.work().gflops())
        .findFirst();
  }

  /** Triads of a number of threads, the smallest working set first. */
  List<Row> triads(int threads) {
    return rows.stream()
        .filter(row -> row.method().equals("triad") && row.threads() == threads)
        .sorted(Comparator.comparingDouble(Roofs::kilobytes))
        .toList();
  }

  /**
   * Bytes that a call allocates. Zero where a whole iteration allocated no more than twice what it
   * did in a roof's row: roofs allocate nothing, those are JMH's own objects.
   */
  double allocated(Row row) {
    double harness = rows.stream().mapToDouble(Row::allocatedInIteration).max().orElse(0);
    return row.allocatedInIteration() <= 2 * harness ? 0 : row.work().allocated();
  }

  static double kilobytes(Row triad) {
    return Double.parseDouble(triad.params().getOrDefault("kilobytes", "0"));
  }

  /**
   * Billions of bytes a second of the smallest triad that moves as many bytes a thread as a call
   * does, or of the largest.
   */
  OptionalDouble triad(int threads, double gigabytesPerCall) {
    List<Row> triads = triads(threads);
    double each = gigabytesPerCall * 1e6 / threads;
    return triads.stream()
        .filter(row -> kilobytes(row) >= each)
        .findFirst()
        .or(() -> triads.isEmpty() ? Optional.empty() : Optional.of(triads.getLast()))
        .map(row -> OptionalDouble.of(row.work().gigabytes()))
        .orElse(OptionalDouble.empty());
  }

  /**
   * The highest rate that a row can have, in its own unit: the fused multiply-adds' roof for rows
   * that count operations, but no more than their bytes allow; the triad's for those that count
   * bytes alone.
   */
  OptionalDouble limit(Row row) {
    OptionalDouble bytes =
        row.gigabytesPerCall().isPresent()
            ? triad(row.threads(), row.gigabytesPerCall().getAsDouble())
            : OptionalDouble.empty();
    if (!row.countsOperations()) {
      return bytes;
    }
    OptionalDouble operations = fma(row.threads());
    if (operations.isEmpty() || bytes.isEmpty() || row.intensity().isEmpty()) {
      return operations;
    }
    double allowed = bytes.getAsDouble() * row.intensity().getAsDouble();
    return OptionalDouble.of(Math.min(operations.getAsDouble(), allowed));
  }

  /** The share of the limit that a row reaches, NaN without a limit. */
  double share(Row row) {
    OptionalDouble limit = limit(row);
    return limit.isPresent() ? row.rate() / limit.getAsDouble() : Double.NaN;
  }
}
