package dev.lanewise.kernel.pool;

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
class AveragePool2dTwinTest {
  private final AveragePool2d scalar = new ScalarAveragePool2d();

  /** Padding and windows are cut down to what {@link Pool2dShape} allows. */
  record Average(
      int batch,
      int height,
      int width,
      int channels,
      int windowHeight,
      int windowWidth,
      int strideHeight,
      int strideWidth,
      int pad,
      boolean global,
      int offset,
      int threads,
      boolean special,
      long seed) {
    Pool2dShape shape() {
      int wh = global ? height : Math.min(windowHeight, height);
      int ww = global ? width : Math.min(windowWidth, width);
      int top = global ? 0 : pad % wh;
      int left = global ? 0 : pad % ww;
      return new Pool2dShape(
          batch,
          height,
          width,
          channels,
          wh,
          ww,
          strideHeight,
          strideWidth,
          top,
          (pad + 1) % (top + 1),
          left,
          (pad + 1) % (left + 1));
    }

    float[] values(int n) {
      return special ? Fill.withSpecials(seed, n, 0.2) : Fill.gaussian(seed, n);
    }
  }

  @Provide
  Arbitrary<Average> averages() {
    Arbitrary<Integer> side = Arbitraries.integers().between(1, 9);
    Arbitrary<Integer> window = Arbitraries.integers().between(1, 4);
    Arbitrary<int[]> small =
        Combinators.combine(Arbitraries.integers().between(0, 3), side, side, Sizes.small())
            .as((n, h, w, c) -> new int[] {n, h, w, Math.max(1, c)});
    Arbitrary<int[]> large =
        Combinators.combine(side, Sizes.small()).as((n, c) -> new int[] {n, 17, 16, 20 + c});
    return Combinators.combine(
            Arbitraries.frequencyOf(Tuple.of(12, small), Tuple.of(1, large)),
            Combinators.combine(window, window, window, window)
                .as((a, b, c, d) -> new int[] {a, b, c, d}),
            Arbitraries.integers().between(0, 3),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.longs().between(0, 1_000_000))
        .as(
            (i, w, pad, offset, threads, seed) ->
                new Average(
                    i[0],
                    i[1],
                    i[2],
                    i[3],
                    w[0],
                    w[1],
                    w[2],
                    w[3],
                    pad,
                    seed % 5 == 0,
                    offset,
                    threads,
                    seed % 3 == 0,
                    seed));
  }

  @Property
  void bothWays(@ForAll("averages") Average one) {
    Repro.run(getClass(), one, this::same);
  }

  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      same(new Average(64, 26, 26, 32, 2, 2, 2, 2, 0, false, 0, threads, false, 1));
      same(new Average(64, 26, 26, 32, 2, 2, 2, 2, 0, true, 3, threads, false, 2));
    }
  }

  @Example
  void repeat() {
    Repro.repeat(Average.class, this::same);
  }

  private void same(Average one) {
    AveragePool2d simd = new SimdAveragePool2d(Teams.of(one.threads));
    Twin.assertUnderTest(simd, one.threads);
    Pool2dShape shape = one.shape();
    Guarded x = Guarded.of(one.values(shape.inElements()), one.offset);
    Guarded expected = Guarded.of(shape.outElements(), one.offset + 1);
    Guarded actual = expected.copy();
    scalar.forward(shape, x.array, x.offset, expected.array, expected.offset);
    simd.forward(shape, x.array, x.offset, actual.array, actual.offset);
    Bits.assertSame("forward", expected.values(), actual.values());
    actual.assertIntact("forward");
    Guarded dy = Guarded.of(one.values(shape.outElements()), one.offset);
    Guarded expectedDx = Guarded.of(shape.inElements(), one.offset + 1);
    Guarded actualDx = expectedDx.copy();
    scalar.backward(shape, dy.array, dy.offset, expectedDx.array, expectedDx.offset);
    simd.backward(shape, dy.array, dy.offset, actualDx.array, actualDx.offset);
    Bits.assertSame("backward", expectedDx.values(), actualDx.values());
    actualDx.assertIntact("backward");
  }
}
