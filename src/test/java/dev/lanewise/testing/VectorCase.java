package dev.lanewise.testing;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A call of an element by element kernel: how many elements, where they lie, and what they are.
 *
 * @param n number of elements
 * @param aOffset where the first array's stretch begins
 * @param bOffset where the second array's stretch begins
 * @param outOffset where the output's stretch begins
 * @param threads size of the team
 * @param inPlace whether the output is an input's stretch, where the kernel allows it
 * @param wide whether values span all exponents, instead of gaussian ones with special values
 * @param seed what the values are derived from
 */
public record VectorCase(
    int n,
    int aOffset,
    int bOffset,
    int outOffset,
    int threads,
    boolean inPlace,
    boolean wide,
    long seed) {
  /** Any case, team sizes included. */
  public static Arbitrary<VectorCase> any() {
    return Combinators.combine(
            Sizes.lengths(),
            Sizes.offsets(),
            Sizes.offsets(),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.of(false, true),
            Arbitraries.of(false, true),
            Arbitraries.longs().between(0, 1_000_000))
        .as(VectorCase::new);
  }

  /** The values of the case's array with the given number. */
  public float[] values(int which) {
    long of = seed * 31 + which;
    return wide ? Fill.wide(of, n) : Fill.withSpecials(of, n, 0.2);
  }

  /** A stretch at {@link #outOffset}: the values of an input, or nothing yet. */
  public Guarded output(float[] input) {
    return inPlace ? Guarded.of(input, outOffset) : Guarded.of(n, outOffset);
  }
}
