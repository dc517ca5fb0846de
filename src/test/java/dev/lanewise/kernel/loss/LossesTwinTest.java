package dev.lanewise.kernel.loss;

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
class LossesTwinTest {
  private final Losses scalar = new ScalarLosses();

  record Rows(int rows, int columns, int gap, int offset, int threads, boolean special, long seed) {
    int ld() {
      return columns + gap;
    }

    Guarded values(int which, int at) {
      long of = seed * 31 + which;
      int n = rows * ld();
      return Guarded.of(special ? Fill.withSpecials(of, n, 0.1) : Fill.gaussian(of, n), at);
    }
  }

  @Provide
  Arbitrary<Rows> rows() {
    Arbitrary<int[]> small =
        Combinators.combine(Arbitraries.integers().between(0, 9), Sizes.small())
            .as((r, c) -> new int[] {r, Math.max(1, c)});
    Arbitrary<int[]> wide =
        Combinators.combine(
                Arbitraries.integers().between(1, 2), Arbitraries.integers().between(4000, 9000))
            .as((r, c) -> new int[] {r, c});
    Arbitrary<int[]> columns = Sizes.small().map(r -> new int[] {r, 1});
    return Combinators.combine(
            Arbitraries.frequencyOf(Tuple.of(6, small), Tuple.of(1, wide), Tuple.of(2, columns)),
            Arbitraries.of(0, 0, 1, 5),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.longs().between(0, 1_000_000))
        .as(
            (size, gap, offset, threads, seed) ->
                new Rows(size[0], size[1], gap, offset, threads, seed % 3 == 0, seed));
  }

  @Property
  void bothLosses(@ForAll("rows") Rows one) {
    Repro.run(getClass(), one, this::same);
  }

  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      same(new Rows(64, 784, 0, 0, threads, false, 1));
      same(new Rows(256, 1, 0, 0, threads, false, 2));
    }
  }

  @Example
  void repeat() {
    Repro.repeat(Rows.class, this::same);
  }

  private void same(Rows one) {
    Losses simd = new SimdLosses(Teams.of(one.threads));
    Twin.assertUnderTest(simd, one.threads);
    same("squared", one, simd, true);
    same("binary", one, simd, false);
    Guarded weights = one.values(3, 1);
    Guarded x = one.values(4, one.offset);
    Guarded expected = Guarded.of(one.rows * one.columns, one.offset + 2);
    Guarded actual = expected.copy();
    weigh(scalar, one, weights, x, expected);
    weigh(simd, one, weights, x, actual);
    Bits.assertSame("weigh", expected.values(), actual.values());
    actual.assertIntact("weigh");
  }

  private static void weigh(Losses twin, Rows one, Guarded weights, Guarded x, Guarded y) {
    twin.weigh(
        one.rows, one.columns, weights.array, weights.offset, x.array, x.offset, y.array, y.offset);
  }

  private void same(String what, Rows one, Losses simd, boolean squared) {
    Guarded x = one.values(0, one.offset);
    Guarded t = one.values(1, one.offset + 1);
    Guarded loss = Guarded.of(one.rows, one.offset);
    Guarded simdLoss = loss.copy();
    Guarded lossOnly = loss.copy();
    Guarded before = one.values(2, one.offset + 2);
    Guarded dx = before.copy();
    Guarded simdDx = before.copy();
    gradient(scalar, one, squared, x, t, loss, dx);
    gradient(simd, one, squared, x, t, simdLoss, simdDx);
    Bits.assertSame(what + " loss", loss.values(), simdLoss.values());
    Bits.assertSame(what + " gradient", dx.values(), simdDx.values());
    simdDx.assertIntact(what);
    simdDx.assertGapsIntact(what, before, one.rows, one.columns, one.ld());
    int ld = one.ld();
    if (squared) {
      simd.meanSquaredError(
          one.rows,
          one.columns,
          x.array,
          x.offset,
          ld,
          t.array,
          t.offset,
          ld,
          lossOnly.array,
          lossOnly.offset);
    } else {
      simd.binaryCrossEntropy(
          one.rows,
          one.columns,
          x.array,
          x.offset,
          ld,
          t.array,
          t.offset,
          ld,
          lossOnly.array,
          lossOnly.offset);
    }
    Bits.assertSame(what + " loss alone", loss.values(), lossOnly.values());
    lossOnly.assertIntact(what);
  }

  private static void gradient(
      Losses twin, Rows one, boolean squared, Guarded x, Guarded t, Guarded loss, Guarded dx) {
    int ld = one.ld();
    if (squared) {
      twin.meanSquaredErrorGradient(
          one.rows,
          one.columns,
          x.array,
          x.offset,
          ld,
          t.array,
          t.offset,
          ld,
          loss.array,
          loss.offset,
          0.3f,
          dx.array,
          dx.offset,
          ld);
    } else {
      twin.binaryCrossEntropyGradient(
          one.rows,
          one.columns,
          x.array,
          x.offset,
          ld,
          t.array,
          t.offset,
          ld,
          loss.array,
          loss.offset,
          0.3f,
          dx.array,
          dx.offset,
          ld);
    }
  }
}
