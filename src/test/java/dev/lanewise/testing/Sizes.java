package dev.lanewise.testing;

import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.support.VectorWidth;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Sizes that a vector loop gets wrong first. */
public final class Sizes {
  private static final int L = VectorWidth.LANES;

  private Sizes() {}

  /** Lengths: every small one, those around whole vectors, and some that go to a team. */
  public static Arbitrary<Integer> lengths() {
    int team = Call.ALONE;
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.integers().between(0, 70)),
        Tuple.of(
            4,
            Arbitraries.of(
                0, 1, L - 1, L, L + 1, 2 * L - 1, 2 * L + 1, 4 * L - 1, 4 * L, 4 * L + 1, 63, 64,
                65)),
        Tuple.of(1, Arbitraries.of(team - 1, team, team + 1, 2 * team - 1, 2 * team + 63)),
        Tuple.of(1, Arbitraries.integers().between(team, 2 * team + 1000)));
  }

  /** Lengths below what a team is asked for: small ones and those around whole vectors. */
  public static Arbitrary<Integer> small() {
    return Arbitraries.frequencyOf(
        Tuple.of(1, Arbitraries.integers().between(0, 70)),
        Tuple.of(1, Arbitraries.of(1, L - 1, L, L + 1, 2 * L, 2 * L + 1, 4 * L - 1, 4 * L + 1)));
  }

  /** Rows and columns. */
  public static Arbitrary<int[]> of(Arbitrary<Integer> rows, Arbitrary<Integer> columns) {
    return Combinators.combine(rows, columns).as((m, n) -> new int[] {m, n});
  }

  /** Rows from one number to another, and columns. */
  public static Arbitrary<int[]> between(int leastRows, int mostRows, int least, int most) {
    return of(
        Arbitraries.integers().between(leastRows, mostRows),
        Arbitraries.integers().between(least, most));
  }

  /** What rows have beside their elements. */
  public static Arbitrary<Integer> gaps() {
    return Arbitraries.of(0, 0, 1, 5);
  }

  /** Offsets into an array: aligned and not. */
  public static Arbitrary<Integer> offsets() {
    return Arbitraries.integers().between(0, 19);
  }

  /** What arrays are derived from. */
  public static Arbitrary<Long> seeds() {
    return Arbitraries.longs().between(0, 1_000_000);
  }

  /** The team sizes. */
  public static Arbitrary<Integer> threads() {
    return Arbitraries.of(1, 2, 3);
  }
}
