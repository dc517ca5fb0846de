package dev.lanewise.kernel.reduce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.matmul.ScalarMatmul;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import dev.lanewise.testing.VectorCase;
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
class BlasTwinTest {
  private final Blas scalar = new ScalarBlas();

  /** A matrix and two vectors; {@code gap} is what the leading dimension adds to the columns. */
  record MatrixCase(
      Transpose trans,
      int m,
      int n,
      int gap,
      int aOffset,
      int xOffset,
      int yOffset,
      int threads,
      boolean special,
      long seed) {
    int lda() {
      return Math.max(1, n + gap);
    }

    float[] values(int which, int count) {
      long of = seed * 31 + which;
      return special ? Fill.withSpecials(of, count, 0.1) : Fill.gaussian(of, count);
    }

    float factor(int which) {
      float[] choice = {0f, 1f, -0.75f, 0f, Float.NaN, -2f};
      return choice[(int) ((seed / (which == 0 ? 1 : 7)) % choice.length)];
    }
  }

  @Provide
  Arbitrary<VectorCase> vectors() {
    return VectorCase.any();
  }

  @Provide
  Arbitrary<MatrixCase> matrices() {
    Arbitrary<int[]> sizes =
        Arbitraries.frequencyOf(
            Tuple.of(
                6,
                Combinators.combine(Sizes.small(), Sizes.small()).as((m, n) -> new int[] {m, n})),
            Tuple.of(
                1,
                Combinators.combine(
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.integers().between(2000, 9000))
                    .as((m, n) -> new int[] {m, n})),
            Tuple.of(
                1,
                Combinators.combine(
                        Arbitraries.integers().between(2000, 5000),
                        Arbitraries.integers().between(0, 9))
                    .as((m, n) -> new int[] {m, n})),
            Tuple.of(
                1,
                Combinators.combine(
                        Arbitraries.integers().between(100, 300),
                        Arbitraries.integers().between(100, 300))
                    .as((m, n) -> new int[] {m, n})));
    return Combinators.combine(
            Arbitraries.of(Transpose.class),
            sizes,
            Arbitraries.of(0, 0, 1, 5),
            Sizes.offsets(),
            Sizes.offsets(),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.longs().between(0, 1_000_000))
        .as(
            (trans, size, gap, a, x, y, threads, seed) ->
                new MatrixCase(
                    trans, size[0], size[1], gap, a, x, y, threads, seed % 3 == 0, seed));
  }

  @Property
  void levelOne(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameVectors);
  }

  @Property
  void gemv(@ForAll("matrices") MatrixCase one) {
    Repro.run(getClass(), one, this::sameGemv);
  }

  @Property
  void ger(@ForAll("matrices") MatrixCase one) {
    Repro.run(getClass(), one, this::sameGer);
  }

  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      sameVectors(new VectorCase(1_384_448, 1, 2, 3, threads, false, false, 1));
      for (Transpose trans : Transpose.values()) {
        MatrixCase dense = new MatrixCase(trans, 5408, 256, 0, 0, 0, 0, threads, false, 2);
        sameGemv(dense);
        sameGer(dense);
      }
      sameGemv(new MatrixCase(Transpose.NO, 131, 9001, 3, 1, 2, 3, threads, false, 8));
    }
  }

  @Example
  void repeat() {
    Repro.repeat(VectorCase.class, this::sameVectors);
    Repro.repeat(MatrixCase.class, this::sameGemv);
    Repro.repeat(MatrixCase.class, this::sameGer);
  }

  private Blas simd(int threads) {
    Blas simd = new SimdBlas(Teams.of(threads));
    Twin.assertUnderTest(simd, threads);
    return simd;
  }

  private void sameVectors(VectorCase one) {
    Blas simd = simd(one.threads());
    int n = one.n();
    Guarded x = Guarded.of(one.values(0), one.aOffset());
    Guarded y = Guarded.of(one.values(1), one.bOffset());
    Bits.assertSame(
        "dot",
        scalar.dot(n, x.array, x.offset, y.array, y.offset),
        simd.dot(n, x.array, x.offset, y.array, y.offset));
    Bits.assertSame("asum", scalar.asum(n, x.array, x.offset), simd.asum(n, x.array, x.offset));
    Bits.assertSame("nrm2", scalar.nrm2(n, x.array, x.offset), simd.nrm2(n, x.array, x.offset));
    if (n > 0) {
      assertEquals(scalar.iamax(n, x.array, x.offset), simd.iamax(n, x.array, x.offset), "iamax");
    }
    Guarded expected = y.copy();
    scalar.axpy(n, -0.7f, x.array, x.offset, expected.array, expected.offset);
    scalar.scal(n, 1.3f, expected.array, expected.offset);
    simd.axpy(n, -0.7f, x.array, x.offset, y.array, y.offset);
    simd.scal(n, 1.3f, y.array, y.offset);
    Bits.assertSame("axpy and scal", expected.values(), y.values());
    y.assertIntact("axpy and scal");
  }

  private void sameGemv(MatrixCase one) {
    boolean plain = one.trans == Transpose.NO;
    int in = plain ? one.n : one.m;
    int out = plain ? one.m : one.n;
    Guarded a = Guarded.of(one.values(0, one.m * one.lda()), one.aOffset);
    Guarded x = Guarded.of(one.values(1, in), one.xOffset);
    Guarded expected = Guarded.of(one.values(2, out), one.yOffset);
    Guarded actual = expected.copy();
    Guarded product = expected.copy();
    call(scalar, one, a, x, expected);
    call(simd(one.threads), one, a, x, actual);
    Bits.assertSame("gemv", expected.values(), actual.values());
    actual.assertIntact("gemv");
    if (!plain) { // the contract: the bits of a product with one row
      new ScalarMatmul()
          .sgemm(
              Transpose.NO,
              Transpose.NO,
              1,
              one.n,
              one.m,
              one.factor(0),
              x.array,
              x.offset,
              Math.max(1, one.m),
              a.array,
              a.offset,
              one.lda(),
              one.factor(1),
              product.array,
              product.offset,
              Math.max(1, one.n));
      Bits.assertSame("sgemm with m = 1", product.values(), actual.values());
    }
  }

  private static void call(Blas twin, MatrixCase one, Guarded a, Guarded x, Guarded y) {
    twin.gemv(
        one.trans,
        one.m,
        one.n,
        one.factor(0),
        a.array,
        a.offset,
        one.lda(),
        x.array,
        x.offset,
        one.factor(1),
        y.array,
        y.offset);
  }

  private void sameGer(MatrixCase one) {
    Guarded x = Guarded.of(one.values(0, one.m), one.xOffset);
    Guarded y = Guarded.of(one.values(1, one.n), one.yOffset);
    Guarded before = Guarded.of(one.values(2, one.m * one.lda()), one.aOffset);
    Guarded expected = before.copy();
    Guarded actual = before.copy();
    add(scalar, one, x, y, expected);
    add(simd(one.threads), one, x, y, actual);
    Bits.assertSame("ger", expected.values(), actual.values());
    actual.assertIntact("ger");
    actual.assertGapsIntact("ger", before, one.m, one.n, one.lda());
  }

  private static void add(Blas twin, MatrixCase one, Guarded x, Guarded y, Guarded a) {
    twin.ger(
        one.m,
        one.n,
        one.factor(0),
        x.array,
        x.offset,
        y.array,
        y.offset,
        a.array,
        a.offset,
        one.lda());
  }
}
