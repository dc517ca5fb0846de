package dev.lanewise.bench.suite;

import dev.lanewise.kernel.support.VectorWidth;
import java.time.Duration;
import java.util.List;

/**
 * How long a row is measured.
 *
 * @param forks virtual machines, one after the other
 * @param warmups iterations of each that do not count
 * @param warmupMillis the time of one of them
 * @param iterations iterations of each that count
 * @param millis the time of one of them
 */
record Pace(int forks, int warmups, int warmupMillis, int iterations, int millis) {
  // Vector code needs longer to be compiled. Several virtual machines are for what is judged, not
  // for
  // what it is compared with: they differ by some 8 %.
  private static final Pace QUICK = new Pace(1, 2, 400, 5, 150);
  private static final Pace QUICK_LOOPS = new Pace(1, 2, 300, 5, 150);
  private static final Pace FULL = new Pace(1, 2, 400, 5, 150);
  private static final Pace FULL_JUDGED = new Pace(2, 2, 400, 4, 200);
  private static final Pace FULL_LOOPS = new Pace(1, 2, 200, 5, 100);

  /** Implementations in Java that are compared with. */
  private static final List<String> LOOPS = List.of(Line.SCALAR, Line.PLAIN, "netlib", "ejml");

  /** A virtual machine's start, its state's making and its checks. */
  private static final long START_MILLIS = 900;

  static Pace of(Planned row, boolean full) {
    if (LOOPS.contains(row.unmeasured().impl())) {
      return full ? FULL_LOOPS : QUICK_LOOPS;
    }
    boolean judged =
        row.vm().bits() == VectorWidth.PREFERRED_BITS && Rule.any(Selection.JUDGED, row);
    Pace pace = !full ? QUICK : judged ? FULL_JUDGED : FULL;
    return Rule.any(Selection.SLOW_TO_COMPILE, row) ? pace.afterSeconds() : pace;
  }

  /** The same after a warm-up of two seconds. */
  private Pace afterSeconds() {
    return new Pace(forks, 2, 1000, iterations, millis);
  }

  Duration estimate() {
    long fork = START_MILLIS + (long) warmups * warmupMillis + (long) iterations * millis;
    return Duration.ofMillis(fork * forks);
  }

  static Duration estimate(List<Planned> rows, boolean full) {
    return rows.stream().map(row -> of(row, full).estimate()).reduce(Duration.ZERO, Duration::plus);
  }
}
