package dev.lanewise.kernel.reduce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.Arrays;
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
class ReduceTwinTest {
  private static final int L = VectorWidth.LANES;

  private final Reduce scalar = new ScalarReduce();

  enum Content {
    GAUSSIAN,
    WIDE,
    SPECIALS,
    /** So small that products underflow: a lane of a dot product can be −0. */
    TINY,
    /**
     * One sign and tiny: all lanes of a dot product are −0, also those that the tail leaves out.
     */
    UNDERFLOW,
    NEGATIVE_ZEROS,
    FEW_VALUES
  }

  record VectorCase(int n, int xOffset, int yOffset, Content content, int threads, long seed) {}

  record MatrixCase(
      int rows,
      int columns,
      int gap,
      int xOffset,
      int yOffset,
      Content content,
      int threads,
      long seed) {}

  @Provide
  Arbitrary<VectorCase> vectors() {
    Arbitrary<Integer> lengths =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.integers().between(0, 140)),
            Tuple.of(2, Arbitraries.of(0, 1, L - 1, L, L + 1, 4 * L - 1, 4 * L, 4 * L + 1)),
            Tuple.of(2, Arbitraries.of(4095, 4096, 4097, 4128, 8191, 8192, 8193, 12_288 + 33)),
            Tuple.of(2, Arbitraries.integers().between(4096, 40_000)),
            Tuple.of(2, Arbitraries.of(65_535, 65_536, 65_537, 17 * 4096 + 33)),
            Tuple.of(1, Arbitraries.integers().between(65_536, 150_000)));
    return Combinators.combine(
            lengths,
            Arbitraries.integers().between(0, 19),
            Arbitraries.integers().between(0, 19),
            Arbitraries.of(Content.class),
            Arbitraries.of(1, 2, 3),
            Arbitraries.longs().between(0, 1_000_000))
        .as(VectorCase::new);
  }

  @Provide
  Arbitrary<MatrixCase> matrices() {
    Arbitrary<Integer> rows =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.integers().between(0, 70)),
            Tuple.of(2, Arbitraries.of(31, 32, 33, 63, 64, 65)),
            Tuple.of(2, Arbitraries.of(4095, 4096, 4097, 8192, 8193, 12_290)));
    Arbitrary<Integer> columns =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.integers().between(0, 40)),
            Tuple.of(2, Arbitraries.of(L - 1, L, L + 1, 4 * L + 1, 127, 128, 129)),
            Tuple.of(1, Arbitraries.integers().between(100, 1100)));
    Arbitrary<int[]> sizes =
        Arbitraries.frequencyOf(
            Tuple.of(
                4,
                Combinators.combine(rows, columns)
                    .as((m, n) -> new int[] {m, n})
                    .filter(size -> size[0] * size[1] < 100_000)),
            Tuple.of( // a team divides these by tiles, by blocks, or both
                1,
                Combinators.combine(
                        Arbitraries.of(70, 255, 4096, 4097, 8191, 12_290),
                        Arbitraries.integers().between(0, 9))
                    .as((m, more) -> new int[] {m, (1 << 16) / m + 1 + 5 * more})));
    return Combinators.combine(sizes, Arbitraries.of(0, 0, 1, 5))
        .flatAs(
            (size, gap) ->
                Combinators.combine(
                        Arbitraries.integers().between(0, 19),
                        Arbitraries.integers().between(0, 19),
                        Arbitraries.of(Content.class),
                        Arbitraries.of(1, 2, 3),
                        Arbitraries.longs().between(0, 1_000_000))
                    .as(
                        (xOffset, yOffset, content, threads, seed) ->
                            new MatrixCase(
                                size[0], size[1], gap, xOffset, yOffset, content, threads, seed)));
  }

  @Property
  void sum(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameSum);
  }

  @Property
  void dotAndNorm(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameDot);
  }

  @Property
  void maximum(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameMax);
  }

  @Property
  void sumRows(@ForAll("matrices") MatrixCase one) {
    Repro.run(getClass(), one, this::sameRows);
  }

  @Example
  void repeat() {
    Repro.repeat(VectorCase.class, this::sameSum);
    Repro.repeat(VectorCase.class, this::sameDot);
    Repro.repeat(VectorCase.class, this::sameMax);
    Repro.repeat(MatrixCase.class, this::sameRows);
  }

  /** Each special value alone at each position of short arrays. */
  @Example
  void specialsAtEveryPosition() {
    Reduce simd = new SimdReduce(Teams.of(1));
    for (int n = 1; n <= 40; n++) {
      for (int at = 0; at < n; at++) {
        for (float special : Fill.specials()) {
          float[] x = Fill.gaussian(n, n);
          x[at] = special;
          String what = special + " at " + at + " of " + n;
          Bits.assertSame(what, scalar.max(n, x, 0), simd.max(n, x, 0));
          Bits.assertSame(what, scalar.sum(n, x, 0), simd.sum(n, x, 0));
          Bits.assertSame(what, scalar.squaredNorm(n, x, 0), simd.squaredNorm(n, x, 0));
          assertEquals(
              scalar.squaredNormInDouble(n, x, 0), simd.squaredNormInDouble(n, x, 0), what);
          assertEquals(scalar.argMax(n, x, 0), simd.argMax(n, x, 0), what);
        }
      }
    }
  }

  /** Three levels of blocks; the production threshold; the MNIST CNN's bias gradients. */
  @Example
  void productionSizes() {
    int n = 4096 * 4096 + 3 * 4096 + 17;
    float[] x = Fill.gaussian(1, 1 << 16);
    float[] large = new float[n];
    for (int i = 0; i < n; i += x.length) {
      System.arraycopy(x, 0, large, i, Math.min(x.length, n - i));
    }
    float sum = scalar.sum(n, large, 0);
    float norm = scalar.squaredNorm(n, large, 0);
    double norm64 = scalar.squaredNormInDouble(n, large, 0);
    for (int threads : Teams.sizes()) {
      Reduce simd = new SimdReduce(Teams.of(threads));
      Bits.assertSame("sum", sum, simd.sum(n, large, 0));
      Bits.assertSame("norm", norm, simd.squaredNorm(n, large, 0));
      assertEquals(norm64, simd.squaredNormInDouble(n, large, 0), "norm in double");
      sameRows(matrix(64, 256, threads));
      sameRows(matrix(64, 10, threads));
      sameRows(matrix(26 * 26 * 64, 32, threads));
      sameRows(matrix(5000, 300, threads));
    }
  }

  private static MatrixCase matrix(int rows, int columns, int threads) {
    return new MatrixCase(rows, columns, 0, 0, 0, Content.GAUSSIAN, threads, 7);
  }

  private static float[] fill(Content content, long seed, int n) {
    return switch (content) {
      case GAUSSIAN -> Fill.gaussian(seed, n);
      case WIDE -> Fill.wide(seed, n);
      case SPECIALS -> Fill.withSpecials(seed, n, 0.02);
      case TINY -> times(Fill.gaussian(seed, n), 1e-30f);
      case UNDERFLOW -> {
        float[] values = Fill.gaussian(seed, n);
        for (int i = 0; i < n; i++) {
          values[i] = (seed % 2 == 0 ? 1e-30f : -1e-30f) * (1 + Math.abs(values[i]));
        }
        yield values;
      }
      case NEGATIVE_ZEROS -> mostly(-0f, Fill.gaussian(seed, n));
      case FEW_VALUES -> rounded(Fill.gaussian(seed, n));
    };
  }

  private static float[] times(float[] values, float factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return values;
  }

  /** Two thirds of the values replaced by {@code value}. */
  private static float[] mostly(float value, float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] < 0.5f ? value : values[i];
    }
    return values;
  }

  private static float[] rounded(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.round(values[i]);
    }
    return values;
  }

  private static Reduce simd(int threads) {
    Reduce twin = new SimdReduce(Teams.of(threads));
    Twin.assertUnderTest(twin, threads);
    return twin;
  }

  private void sameSum(VectorCase one) {
    Reduce simd = simd(one.threads);
    Guarded x = Guarded.of(fill(one.content, one.seed, one.n), one.xOffset);
    float expected = scalar.sum(one.n, x.array, x.offset);
    Bits.assertSame("sum", expected, simd.sum(one.n, x.array, x.offset));
  }

  private void sameDot(VectorCase one) {
    Reduce simd = simd(one.threads);
    int n = one.n;
    Guarded x = Guarded.of(fill(one.content, one.seed, n), one.xOffset);
    Guarded y = Guarded.of(fill(one.content, one.seed + 1, n), one.yOffset);
    Bits.assertSame(
        "dot",
        scalar.dot(n, x.array, x.offset, y.array, y.offset),
        simd.dot(n, x.array, x.offset, y.array, y.offset));
    Bits.assertSame(
        "norm", scalar.squaredNorm(n, x.array, x.offset), simd.squaredNorm(n, x.array, x.offset));
    assertEquals(
        scalar.squaredNormInDouble(n, x.array, x.offset),
        simd.squaredNormInDouble(n, x.array, x.offset),
        "norm in double");
  }

  private void sameMax(VectorCase one) {
    Reduce simd = simd(one.threads);
    float[] values = fill(one.content, one.seed, one.n);
    // NaN among few of the cases only, or every maximum would be NaN.
    if (one.seed % 2 == 0) {
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.isNaN(values[i]) ? -0f : values[i];
      }
    }
    Guarded x = Guarded.of(values, one.xOffset);
    Bits.assertSame(
        "max", scalar.max(one.n, x.array, x.offset), simd.max(one.n, x.array, x.offset));
    if (one.n > 0) {
      assertEquals(
          scalar.argMax(one.n, x.array, x.offset), simd.argMax(one.n, x.array, x.offset), "argMax");
    }
  }

  private void sameRows(MatrixCase one) {
    Reduce simd = simd(one.threads);
    int ld = Math.max(1, one.columns + one.gap);
    float[] x = new float[one.xOffset + one.rows * ld];
    Arrays.fill(x, Float.NaN); // the gaps must not be read
    float[] values = fill(one.content, one.seed, one.rows * one.columns);
    for (int i = 0; i < one.rows; i++) {
      System.arraycopy(values, i * one.columns, x, one.xOffset + i * ld, one.columns);
    }
    Guarded expected = Guarded.of(one.columns, one.yOffset);
    Guarded actual = expected.copy();
    scalar.sumRows(one.rows, one.columns, x, one.xOffset, ld, expected.array, expected.offset);
    simd.sumRows(one.rows, one.columns, x, one.xOffset, ld, actual.array, actual.offset);
    Bits.assertSame("sumRows", expected.values(), actual.values());
    actual.assertIntact("sumRows");
    expected.assertIntact("sumRows");
    if (one.rows > 0 && one.content == Content.GAUSSIAN) {
      Bits.assertNotMostlyZero("sumRows", actual.values());
    }
  }
}
