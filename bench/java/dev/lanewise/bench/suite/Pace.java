package dev.lanewise.bench.suite;

import java.time.Duration;

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
  static final Pace QUICK = new Pace(1, 2, 400, 5, 120);
  static final Pace FULL = new Pace(2, 2, 700, 5, 200);

  /** A virtual machine's start, its state's making and its checks. */
  private static final long START_MILLIS = 900;

  Duration estimate(int rows) {
    long fork = START_MILLIS + (long) warmups * warmupMillis + (long) iterations * millis;
    return Duration.ofMillis(fork * forks * rows);
  }
}
