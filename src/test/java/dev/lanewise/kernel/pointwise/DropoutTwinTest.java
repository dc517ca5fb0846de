package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@Tag("twin")
@AddLifecycleHook(Twin.class)
class DropoutTwinTest {
  private static final int LENGTHS = 1_000_000;

  /** {@code firstIndex} may be so large that the last index is the largest int. */
  record Mask(
      int n,
      double rate,
      int firstIndex,
      int xOffset,
      int yOffset,
      int threads,
      boolean inPlace,
      long seed) {}

  @Provide
  Arbitrary<Mask> masks() {
    return Combinators.combine(
            Sizes.lengths(),
            Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.doubles().between(0, 1).ofScale(6)),
                Tuple.of(
                    2,
                    Arbitraries.of(
                        0.0,
                        1.0,
                        0.25,
                        0.5,
                        Math.nextDown(0.5),
                        Math.nextUp(0.5),
                        0.9,
                        0x1p-33,
                        0x1p-32,
                        Math.nextDown(1.0),
                        0.999999))),
            Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.integers().between(0, 100)),
                Tuple.of(1, Arbitraries.integers().between(0, Integer.MAX_VALUE - LENGTHS)),
                Tuple.of(1, Arbitraries.just(Integer.MAX_VALUE))),
            Sizes.offsets(),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.of(false, true),
            Arbitraries.longs())
        .as(Mask::new);
  }

  @Property
  void sameElements(@ForAll("masks") Mask one) {
    Repro.run(getClass(), one, this::same);
  }

  /** The activations of the MNIST CNN's dropout layers. */
  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      same(new Mask(64 * 5408, 0.25, 0, 0, 0, threads, true, 1));
      same(new Mask(64 * 256, 0.5, 0, 0, 0, threads, false, 2));
    }
  }

  @Example
  void repeat() {
    Repro.repeat(Mask.class, this::same);
  }

  private void same(Mask one) {
    Dropout simd = new SimdPointwise(Teams.of(one.threads));
    Twin.assertUnderTest(simd, one.threads);
    float[] values =
        one.seed % 2 == 0
            ? Fill.withSpecials(one.seed, one.n, 0.2)
            : Fill.gaussian(one.seed, one.n);
    Guarded x = Guarded.of(values, one.xOffset);
    Guarded expected =
        one.inPlace ? Guarded.of(values, one.yOffset) : Guarded.of(one.n, one.yOffset);
    Guarded actual = expected.copy();
    run(new ScalarPointwise(), one, x, expected);
    run(simd, one, x, actual);
    Bits.assertSame("y", expected.values(), actual.values());
    actual.assertIntact("y");
    Bits.assertSame("x", values, x.values());
    if (rate(one) < 0.3 && one.n > 300 && one.seed % 2 != 0) {
      Bits.assertNotMostlyZero("y", actual.values());
    }
  }

  private static void run(Dropout twin, Mask one, Guarded input, Guarded y) {
    Guarded x = one.inPlace ? y : input;
    twin.apply(one.n, rate(one), key(one), first(one), x.array, x.offset, y.array, y.offset);
  }

  private static int first(Mask one) {
    return Math.min(one.firstIndex, Integer.MAX_VALUE - one.n);
  }

  private static long key(Mask one) {
    return CounterRandom.key(one.seed, 3, one.seed >>> 7);
  }

  /** The case's rate, or, one time in five, one that keeps some element with nothing to spare. */
  private static double rate(Mask one) {
    if (one.seed % 5 != 0 || one.n == 0) {
      return one.rate;
    }
    int index = first(one) + (int) Math.floorMod(one.seed / 5, (long) one.n);
    return Integer.toUnsignedLong(CounterRandom.bits(key(one), index)) * 0x1p-32;
  }
}
