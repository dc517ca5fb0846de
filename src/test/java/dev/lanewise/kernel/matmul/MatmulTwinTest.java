package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Shapes;
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
class MatmulTwinTest {
  private static final int L = VectorWidth.LANES;

  /** What a product is cut into: production sizes, and small blocks for either register tile. */
  private static final int BLOCKINGS = 4;

  private static final Matmul SCALAR = new ScalarMatmul();
  private static final Matmul[][] SIMD = new Matmul[BLOCKINGS][Teams.sizes().length];

  @Provide
  Arbitrary<Product> products() {
    Arbitrary<Boolean> flags = Arbitraries.of(false, true);
    Arbitrary<Integer> gaps = Arbitraries.of(0, 0, 1, 5);
    var shapes =
        Combinators.combine(sizes(), sizes(), sizes(), flags, flags)
            .as(Tuple::of)
            .filter(t -> (long) t.get1() * t.get2() * t.get3() <= 300_000);
    var layouts =
        Combinators.combine(gaps, gaps, gaps, Arbitraries.integers().between(0, 33)).as(Tuple::of);
    var factors =
        Combinators.combine(
                Arbitraries.of(1f, 1f, -1.5f, 0.3f, 0f, -0f),
                Arbitraries.of(0f, 0f, 1f, -0.7f, -0f),
                Arbitraries.integers().between(0, 2))
            .as(Tuple::of);
    var multiples =
        Combinators.combine(
                Arbitraries.of(1, 1, 2, 5, 12, 28, 151, 1 << 20, Integer.MAX_VALUE),
                Arbitraries.of(1, 1, 2, 7, 16, 32, 100, 151, 1 << 20, Integer.MAX_VALUE))
            .as(Tuple::of);
    return Combinators.combine(
            shapes,
            layouts,
            factors,
            multiples,
            Arbitraries.integers().between(0, BLOCKINGS - 1),
            Arbitraries.of(1, 2, 3),
            Arbitraries.longs().between(0, 1_000_000))
        .as(
            (shape, layout, factor, multiple, blocking, threads, seed) ->
                new Product(
                    shape.get1(),
                    shape.get2(),
                    shape.get3(),
                    shape.get4(),
                    shape.get5(),
                    layout.get1(),
                    layout.get2(),
                    layout.get3(),
                    layout.get4(),
                    factor.get1(),
                    factor.get2(),
                    factor.get3(),
                    0,
                    blocking,
                    threads,
                    multiple.get1(),
                    multiple.get2(),
                    seed));
  }

  /** Products whose zero terms are skipped: A mostly zeros, C at least 8 vectors wide. */
  @Provide
  Arbitrary<Product> zeros() {
    var shapes =
        Combinators.combine(
                Arbitraries.integers().between(1, 40),
                Arbitraries.integers().between(8 * L, 20 * L),
                Arbitraries.integers().between(1, 60))
            .as(Tuple::of);
    return Combinators.combine(
            shapes,
            products(),
            Arbitraries.of(30, 60, 90, 99, 100),
            Arbitraries.integers().between(0, 3),
            Arbitraries.of(1, 1, 3))
        .as(
            (shape, other, percent, values, blocking) ->
                new Product(
                    shape.get1(),
                    shape.get2(),
                    shape.get3(),
                    other.transA(),
                    other.transB(),
                    other.gapA(),
                    other.gapB(),
                    other.gapC(),
                    other.offset(),
                    1f,
                    0f,
                    values,
                    percent,
                    blocking,
                    other.threads(),
                    other.rowMultiple(),
                    other.columnMultiple(),
                    other.seed()));
  }

  /** Products of few rows whose zero terms are skipped: B large, in whole panels. */
  @Provide
  Arbitrary<Product> largeB() {
    var shapes =
        Combinators.combine(
                Arbitraries.integers().between(1, 14),
                Arbitraries.integers().between(1, 3),
                Arbitraries.integers().between(16 * L, 30 * L))
            .as(Tuple::of);
    return Combinators.combine(
            shapes,
            zeros(),
            Arbitraries.of(1, 3),
            Arbitraries.of(2, 3),
            Arbitraries.of(1, 8 * L, 16 * L))
        .as(
            (shape, other, blocking, threads, columnMultiple) ->
                new Product(
                    shape.get1(),
                    shape.get2() * 8 * L,
                    shape.get3(),
                    other.transA(),
                    false,
                    other.gapA(),
                    other.gapB(),
                    other.gapC(),
                    other.offset(),
                    1f,
                    0f,
                    other.values(),
                    other.zeros(),
                    blocking,
                    threads,
                    other.rowMultiple(),
                    columnMultiple,
                    other.seed()));
  }

  private static Arbitrary<Integer> sizes() {
    return Arbitraries.frequencyOf(
        Tuple.of(4, Arbitraries.integers().between(0, 40)),
        Tuple.of(3, Arbitraries.integers().between(41, 150)),
        Tuple.of(
            2,
            Arbitraries.of(
                0, 1, L - 1, L, L + 1, 2 * L - 1, 2 * L, 2 * L + 1, 4 * L - 1, 4 * L + 1)),
        Tuple.of(1, Arbitraries.of(11, 12, 13, 23, 24, 25, 255, 256, 257, 300, 700, 800)));
  }

  @Property
  void products(@ForAll("products") Product one) {
    Repro.run(getClass(), one, this::sameProduct);
  }

  @Property
  void skippedZeros(@ForAll("zeros") Product one) {
    Repro.run(getClass(), one, this::sameProduct);
  }

  @Property
  void skippedZerosInTiles(@ForAll("zeros") Product one) {
    Repro.run(getClass(), one, this::sameTiles);
  }

  @Property
  void skippedZerosOfLargeB(@ForAll("largeB") Product one) {
    Repro.run(getClass(), one, this::sameTiles);
  }

  /** A product inside a job of its own team: one thread runs all parts in turn. */
  @Example
  void partsRunByOneThread() {
    for (int threads : Teams.sizes()) {
      Teams.of(threads)
          .run(
              1, (part, scratch) -> sameProduct(Product.of(13, 256, 900, 0, threads).zeros(70, 0)));
    }
  }

  @Property
  void consumers(@ForAll("products") Product one) {
    Repro.run(getClass(), one, this::sameTiles);
  }

  /** Field report FR-08: every size from 1 to 19 and all transposes, packed and unpacked. */
  @Example
  void smallSizes() {
    for (int m = 1; m <= 19; m++) {
      for (int n = 1; n <= 19; n++) {
        for (int k = 1; k <= 19; k++) {
          Product one = Product.of(m, n, k, (m + n + k) % 2, 1 + (m + k) % 3);
          for (int trans = 0; trans < 4; trans++) {
            Repro.run(getClass(), one.trans(trans % 2 != 0, trans > 1), this::sameProduct);
          }
        }
      }
    }
  }

  /** Without terms A has no element that could be looked at, however small a product may be. */
  @Example
  void noTermsToLookAt() {
    for (int blocking = 0; blocking <= 3; blocking++) {
      Product one = Product.of(200, 8 * L, 0, blocking, 1);
      sameProduct(one);
      sameTiles(one);
      sameProduct(one.trans(true, false));
    }
  }

  /** The MNIST CNN's dense layers, forward and backward, at small batches; production blocks. */
  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      for (Shapes.Product p : Shapes.products(20_000_000)) {
        sameProduct(Product.of(p.m(), p.n(), p.k(), 0, threads).trans(p.transA(), p.transB()));
      }
      sameProduct(Product.of(13, 130, 1100, 0, threads));
      sameProduct(Product.of(3, 256, 600, 0, threads));
      sameProduct(Product.of(5, 900, 256, 0, threads).trans(false, true));
      sameProduct(Product.of(700, 64, 9, 0, threads).trans(true, false));
      sameProduct(Product.of(64, 10, 256, 0, threads));
      sameTiles(Product.of(64, 256, 10, 0, threads).trans(false, true));
      sameTiles(Product.of(400, 33, 600, 0, threads).scaled(1f, 0.5f));
      sameTiles(Product.of(14, 1600, 300, 0, threads).scaled(-2f, 1f));
      for (int values = 0; values < 4; values++) {
        sameProduct(Product.of(13, 256, 900, 0, threads).zeros(70, values));
        sameTiles(Product.of(13, 900, 256, 0, threads).trans(false, true).zeros(80, values));
        sameTiles(Product.of(500, 256, 13, 0, threads).trans(true, false).zeros(70, values));
        // More rows than use one copy of B, which is too large to be kept for all of them.
        sameTiles(Product.of(270, 300, 230, 0, threads).trans(false, true).zeros(80, values));
        sameProduct(Product.of(270, 300, 230, 0, threads).trans(true, false).zeros(80, values));
        sameTiles(Product.of(70, 256, 300, 0, threads).tiles(6, 16).zeros(80, values));
      }
    }
  }

  @Example
  void repeat() {
    Repro.repeat(Product.class, this::sameProduct);
    Repro.repeat(Product.class, this::sameTiles);
  }

  private void sameProduct(Product one) {
    Guarded a = one.operandA();
    Guarded b = one.operandB();
    Guarded expected = one.oldC();
    Guarded before = expected.copy();
    Guarded actual = expected.copy();
    one.run(SCALAR, a, b, expected, Matmul.NOTHING);
    one.run(simd(one), a, b, actual, Matmul.NOTHING);
    Bits.assertSame("c", expected.values(), actual.values());
    actual.assertIntact("c");
    assertGapsIntact(one, before, actual);
    if (one.values() == 0
        && one.zeros() == 0
        && one.k() > 0
        && one.alpha() != 0
        && one.gapC() == 0) {
      Bits.assertNotMostlyZero("c", actual.values());
    }
  }

  /** Tiles cover the output once, in whole multiples, and change it as one pass over it would. */
  private void sameTiles(Product one) {
    Guarded a = one.operandA();
    Guarded b = one.operandB();
    Guarded expected = one.oldC();
    Guarded before = expected.copy();
    Guarded unfused = expected.copy();
    Guarded fused = expected.copy();
    Coverage scalar = new Coverage(one);
    one.run(SCALAR, a, b, expected, scalar);
    scalar.assertTiled();
    Coverage simd = new Coverage(one);
    one.run(simd(one), a, b, fused, simd);
    simd.assertTiled();
    Bits.assertSame("the scalar twin's tiles", scalar.received, simd.received);
    Bits.assertSame("the scalar twin's output", expected.values(), fused.values());
    fused.assertIntact("c");
    assertGapsIntact(one, before, fused);

    one.run(simd(one), a, b, unfused, Matmul.NOTHING);
    if (one.m() > 0 && one.n() > 0) {
      change(one, unfused);
    }
    Bits.assertSame("an unfused run", unfused.values(), fused.values());

    Coverage scalarTiles = new Coverage(one);
    one.runTiles(SCALAR, a, b, scalarTiles);
    scalarTiles.assertTiled();
    Coverage simdTiles = new Coverage(one);
    one.runTiles(simd(one), a, b, simdTiles);
    simdTiles.assertTiled();
    Bits.assertSame("tiles without C", scalarTiles.received, simdTiles.received);
    if (one.beta() == 0) {
      Bits.assertSame("tiles with and without C", simd.received, simdTiles.received);
    }
  }

  private static void assertGapsIntact(Product one, Guarded before, Guarded after) {
    if (one.n() > 0) {
      after.assertGapsIntact("c", before, one.m(), one.n(), one.ldc());
    }
  }

  private static void change(Product one, Guarded c) {
    for (int i = 0; i < one.m(); i++) {
      for (int j = 0; j < one.n(); j++) {
        int at = c.offset + i * one.ldc() + j;
        c.array[at] = Coverage.change(c.array[at], i, j);
      }
    }
  }

  private static Matmul simd(Product one) {
    Matmul twin = SIMD[one.blocking()][one.threads() - 1];
    if (twin == null) {
      Team team = Teams.of(one.threads());
      twin =
          switch (one.blocking()) {
            case 0 -> new SimdMatmul(team);
            case 1 -> new SimdMatmul(team, new BlockSizes(7, 13, 40, 200, 5, 0, 5));
            case 2 -> new SimdMatmul(team, new BlockSizes(16, 30, 70, 900, 12, 0, 0));
            default -> new SimdMatmul(team, new BlockSizes(256, 1, 1, 8192, 12, 100, 20));
          };
      Twin.assertUnderTest(twin, one.threads());
      SIMD[one.blocking()][one.threads() - 1] = twin;
    }
    return twin;
  }
}
