package dev.lanewise.testing;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Vectors of an element by element kernel: how many elements, where they lie, and what they are.
 *
 * @param n number of elements
 * @param aOffset where the first array's stretch begins
 * @param bOffset where the second array's stretch begins
 * @param outOffset where an output's stretch begins
 * @param threads size of the team
 * @param inPlace whether an output is an input's stretch, where the kernel allows it
 * @param content what the inputs hold
 * @param seed what the values are derived from
 */
public record VectorCase(
    int n,
    int aOffset,
    int bOffset,
    int outOffset,
    int threads,
    boolean inPlace,
    Content content,
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
            Arbitraries.of(Content.drawn()),
            Sizes.seeds())
        .as(VectorCase::new);
  }

  /** Gaussian vectors behind odd offsets. */
  public static VectorCase of(int n, int threads) {
    return new VectorCase(n, 3, 1, 2, threads, false, Content.GAUSSIAN, 1);
  }

  /** Vectors without offsets whose outputs are hashed. */
  public static VectorCase fixed(int n, Content content, int seed) {
    return new VectorCase(n, 0, 0, 0, 1, false, content, seed);
  }

  /** A stretch at {@link #outOffset}: the values of an input, or nothing yet. */
  public Guarded output(Guarded input) {
    return inPlace ? Guarded.of(input.values(), outOffset) : Guarded.of(n, outOffset);
  }
}
