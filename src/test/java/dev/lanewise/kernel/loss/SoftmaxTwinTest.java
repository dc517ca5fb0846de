package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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
class SoftmaxTwinTest {
  private static final int L = VectorWidth.LANES;

  private final Softmax scalar = new ScalarSoftmax();

  enum Content {
    GAUSSIAN,
    NEAR_100,
    HUGE,
    WIDE,
    SPECIALS,
    /** Many −∞, some rows of nothing else. */
    MASKED,
    /** Gradients down to where they are flushed. */
    SPREAD
  }

  /** Which input the output is written over, if any. */
  enum Output {
    APART,
    OVER_FIRST,
    OVER_SECOND
  }

  record Matrix(
      int rows,
      int columns,
      int gap,
      int inOffset,
      int outOffset,
      Content content,
      Output output,
      float scale,
      int threads,
      long seed) {
    int ld() {
      return Math.max(1, columns + gap);
    }

    /** A leading dimension of its own for an output that stands alone. */
    int ldOut() {
      return output == Output.APART ? ld() + 2 : ld();
    }
  }

  @Provide
  Arbitrary<Matrix> matrices() {
    Arbitrary<Integer> rows =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.integers().between(0, 9)),
            Tuple.of(2, Arbitraries.integers().between(10, 70)),
            Tuple.of(1, Arbitraries.integers().between(1000, 2000)));
    Arbitrary<Integer> columns =
        Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.integers().between(1, 70)),
            Tuple.of(3, Arbitraries.of(1, L, L + 1, 2 * L, 4 * L + 1, 10, 31, 32, 33)),
            Tuple.of(2, Arbitraries.integers().between(300, 1100)),
            Tuple.of(2, Arbitraries.of(1000, 4095, 4096, 4097, 8193, 9000)));
    return Combinators.combine(rows, columns, Arbitraries.of(0, 0, 1, 7))
        .filter((m, n, gap) -> (long) m * n < 40_000) // from 16 K elements on a team divides them
        .flatAs(
            (m, n, gap) ->
                Combinators.combine(
                        Arbitraries.integers().between(0, 19),
                        Arbitraries.integers().between(0, 19),
                        Arbitraries.of(Content.class),
                        Arbitraries.of(Output.class),
                        Arbitraries.of(1f, 1f / 64, -3.7f, 1e-28f, -1e-28f, 0f),
                        Arbitraries.of(1, 2, 3),
                        Arbitraries.longs().between(0, 1_000_000))
                    .as(
                        (inOffset, outOffset, content, output, scale, threads, seed) ->
                            new Matrix(
                                m, n, gap, inOffset, outOffset, content, output, scale, threads,
                                seed)));
  }

  @Property
  void functions(@ForAll("matrices") Matrix one) {
    Repro.run(getClass(), one, this::sameFunctions);
  }

  @Property
  void gradients(@ForAll("matrices") Matrix one) {
    Repro.run(getClass(), one, this::sameGradients);
  }

  @Property
  void labels(@ForAll("matrices") Matrix one) {
    Repro.run(getClass(), one, this::sameWithLabels);
  }

  @Property
  void targets(@ForAll("matrices") Matrix one) {
    Repro.run(getClass(), one, this::sameWithTargets);
  }

  @Example
  void repeat() {
    Repro.repeat(Matrix.class, this::sameFunctions);
    Repro.repeat(Matrix.class, this::sameGradients);
    Repro.repeat(Matrix.class, this::sameWithLabels);
    Repro.repeat(Matrix.class, this::sameWithTargets);
  }

  /** FR-24: each special value alone at each position of short rows. */
  @Example
  void specialsAtEveryPosition() {
    Softmax simd = new SimdSoftmax(Teams.of(1));
    for (int n = 1; n <= 40; n++) {
      for (float special : Fill.specials()) {
        // Row i has the special value at position i.
        float[] x = Fill.gaussian(n, n * n);
        for (int i = 0; i < n; i++) {
          x[i * n + i] = special;
        }
        int[] labels = Fill.labels(n, n, n);
        float[][] outputs = new float[6][];
        int at = 0;
        for (Softmax twin : new Softmax[] {scalar, simd}) {
          float[] y = new float[n * n];
          twin.softmax(n, n, x, 0, n, y, 0, n);
          outputs[at++] = y;
          float[] z = new float[n * n];
          twin.logSoftmax(n, n, x, 0, n, z, 0, n);
          outputs[at++] = z;
          float[] dx = new float[n * n + n];
          twin.crossEntropyGradient(n, n, x, 0, n, labels, 0, dx, n * n, 1f, dx, 0, n);
          outputs[at++] = dx;
        }
        Bits.assertSame(special + " in softmax of " + n, outputs[0], outputs[3]);
        Bits.assertSame(special + " in log-softmax of " + n, outputs[1], outputs[4]);
        Bits.assertSame(special + " in cross-entropy of " + n, outputs[2], outputs[5]);
      }
    }
  }

  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      List<Shapes.Matrix> sizes = new ArrayList<>(Shapes.softmaxes(100_000));
      sizes.add(new Shapes.Matrix(2, 4096));
      sizes.add(new Shapes.Matrix(1, 40_000));
      for (Shapes.Matrix size : sizes) {
        Matrix one =
            new Matrix(
                size.rows(),
                size.columns(),
                0,
                0,
                0,
                Content.GAUSSIAN,
                Output.APART,
                1f / size.rows(),
                threads,
                5);
        sameFunctions(one);
        sameGradients(one);
        sameWithLabels(one);
        sameWithTargets(one);
      }
    }
  }

  private static Softmax simd(Matrix one) {
    Softmax twin = new SimdSoftmax(Teams.of(one.threads));
    Twin.assertUnderTest(twin, one.threads);
    return twin;
  }

  /** Values in a matrix whose gaps hold NaN. */
  private static Guarded matrix(Matrix one, float[] values, int offset) {
    float[] spread = new float[one.rows == 0 ? 0 : (one.rows - 1) * one.ld() + one.columns];
    Arrays.fill(spread, Float.NaN);
    for (int i = 0; i < one.rows; i++) {
      System.arraycopy(values, i * one.columns, spread, i * one.ld(), one.columns);
    }
    return Guarded.of(spread, offset);
  }

  private static Guarded logits(Matrix one) {
    return matrix(one, fill(one, one.seed), one.inOffset);
  }

  private static float[] fill(Matrix one, long seed) {
    int n = one.rows * one.columns;
    float[] values =
        switch (one.content) {
          case WIDE -> Fill.wide(seed, n);
          case SPECIALS -> Fill.withSpecials(seed, n, 0.3 / one.columns);
          default -> Fill.gaussian(seed, n);
        };
    Random random = new Random(seed);
    for (int i = 0; i < n; i++) {
      values[i] =
          switch (one.content) {
            case NEAR_100 -> 100 + values[i];
            case HUGE -> 1e4f * values[i];
            case SPREAD -> 40 * values[i];
            case MASKED ->
                i / one.columns % 3 == 1 || random.nextInt(3) == 0
                    ? Float.NEGATIVE_INFINITY
                    : values[i];
            default -> values[i];
          };
    }
    return values;
  }

  private static Guarded out(Matrix one) {
    return Guarded.of(
        one.rows == 0 ? 0 : (one.rows - 1) * one.ldOut() + one.columns, one.outOffset);
  }

  private static void same(String what, Matrix one, Guarded expected, Guarded actual) {
    Bits.assertSame(what, expected.values(), actual.values());
    expected.assertIntact(what);
    actual.assertIntact(what);
    if (one.output == Output.APART) {
      Guarded before = out(one);
      actual.assertGapsIntact(what, before, one.rows, one.columns, one.ldOut());
      expected.assertGapsIntact(what, before, one.rows, one.columns, one.ldOut());
    }
  }

  private interface Call {
    /** Runs a kernel of two inputs and an output. */
    void run(Softmax twin, Guarded first, Guarded second, Guarded out);
  }

  /** Runs both twins, in place where the case says so, and compares what they write. */
  private void compare(String what, Matrix one, Guarded first, Guarded second, Call call) {
    Guarded[] outputs = new Guarded[2];
    for (int twin = 0; twin < 2; twin++) {
      Guarded a = first.copy();
      Guarded b = second.copy();
      Guarded out =
          switch (one.output) {
            case APART -> out(one);
            case OVER_FIRST -> a;
            case OVER_SECOND -> b;
          };
      call.run(twin == 0 ? scalar : simd(one), a, b, out);
      if (one.output != Output.OVER_FIRST) {
        Bits.assertSame(what + ": first input", first.array, a.array);
      }
      if (one.output != Output.OVER_SECOND) {
        Bits.assertSame(what + ": second input", second.array, b.array);
      }
      outputs[twin] = out;
    }
    same(what, one, outputs[0], outputs[1]);
  }

  private void sameFunctions(Matrix one) {
    Guarded x = logits(one);
    Matrix two = one.output == Output.OVER_SECOND ? over(one) : one;
    compare(
        "softmax",
        two,
        x,
        x,
        (twin, a, b, y) ->
            twin.softmax(
                one.rows,
                one.columns,
                a.array,
                a.offset,
                one.ld(),
                y.array,
                y.offset,
                two.ldOut()));
    compare(
        "log-softmax",
        two,
        x,
        x,
        (twin, a, b, y) ->
            twin.logSoftmax(
                one.rows,
                one.columns,
                a.array,
                a.offset,
                one.ld(),
                y.array,
                y.offset,
                two.ldOut()));
  }

  /** The case with its output over the first input, there being no second. */
  private static Matrix over(Matrix one) {
    return new Matrix(
        one.rows,
        one.columns,
        one.gap,
        one.inOffset,
        one.outOffset,
        one.content,
        Output.OVER_FIRST,
        one.scale,
        one.threads,
        one.seed);
  }

  private void sameGradients(Matrix one) {
    Guarded y = logits(one);
    Guarded dy = matrix(one, fill(one, one.seed + 1), one.outOffset);
    compare(
        "softmaxGradient",
        one,
        y,
        dy,
        (twin, a, b, dx) ->
            twin.softmaxGradient(
                one.rows,
                one.columns,
                a.array,
                a.offset,
                one.ld(),
                b.array,
                b.offset,
                one.ld(),
                dx.array,
                dx.offset,
                one.ldOut()));
    compare(
        "logSoftmaxGradient",
        one,
        y,
        dy,
        (twin, a, b, dx) ->
            twin.logSoftmaxGradient(
                one.rows,
                one.columns,
                a.array,
                a.offset,
                one.ld(),
                b.array,
                b.offset,
                one.ld(),
                dx.array,
                dx.offset,
                one.ldOut()));
  }

  private void sameWithLabels(Matrix one) {
    Matrix two = one.output == Output.OVER_SECOND ? over(one) : one;
    Guarded x = logits(one);
    int[] labels = Fill.labels(one.seed, one.rows + 3, Math.max(1, one.columns));
    Guarded expected = Guarded.of(one.rows, one.outOffset);
    Guarded actual = expected.copy();
    Guarded[] fused = {expected.copy(), expected.copy()};
    scalar.crossEntropy(
        one.rows,
        one.columns,
        x.array,
        x.offset,
        one.ld(),
        labels,
        3,
        expected.array,
        expected.offset);
    simd(one)
        .crossEntropy(
            one.rows,
            one.columns,
            x.array,
            x.offset,
            one.ld(),
            labels,
            3,
            actual.array,
            actual.offset);
    compare(
        "gradient with labels",
        two,
        x,
        x,
        (twin, a, b, dx) -> {
          Guarded loss = fused[twin instanceof ScalarSoftmax ? 0 : 1];
          twin.crossEntropyGradient(
              one.rows,
              one.columns,
              a.array,
              a.offset,
              one.ld(),
              labels,
              3,
              loss.array,
              loss.offset,
              one.scale,
              dx.array,
              dx.offset,
              two.ldOut());
        });
    sameLosses(expected, actual, fused);
  }

  private static void sameLosses(Guarded expected, Guarded actual, Guarded[] fused) {
    Bits.assertSame("loss", expected.array, actual.array);
    Bits.assertSame("loss beside the gradient, scalar", expected.array, fused[0].array);
    Bits.assertSame("loss beside the gradient, SIMD", expected.array, fused[1].array);
    actual.assertIntact("loss");
  }

  private void sameWithTargets(Matrix one) {
    Guarded x = logits(one);
    float[] probabilities = Fill.gaussian(one.seed + 2, one.rows * one.columns);
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = Math.max(0, probabilities[i]) / one.columns; // half of them 0
    }
    Guarded t = matrix(one, probabilities, one.outOffset);
    Guarded expected = Guarded.of(one.rows, one.inOffset);
    Guarded actual = expected.copy();
    Guarded[] fused = {expected.copy(), expected.copy()};
    scalar.crossEntropy(
        one.rows,
        one.columns,
        x.array,
        x.offset,
        one.ld(),
        t.array,
        t.offset,
        one.ld(),
        expected.array,
        expected.offset);
    simd(one)
        .crossEntropy(
            one.rows,
            one.columns,
            x.array,
            x.offset,
            one.ld(),
            t.array,
            t.offset,
            one.ld(),
            actual.array,
            actual.offset);
    compare(
        "gradient with targets",
        one,
        x,
        t,
        (twin, a, b, dx) -> {
          Guarded loss = fused[twin instanceof ScalarSoftmax ? 0 : 1];
          twin.crossEntropyGradient(
              one.rows,
              one.columns,
              a.array,
              a.offset,
              one.ld(),
              b.array,
              b.offset,
              one.ld(),
              loss.array,
              loss.offset,
              one.scale,
              dx.array,
              dx.offset,
              one.ldOut());
        });
    sameLosses(expected, actual, fused);
  }
}
