package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.TileConsumer;
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
class ActivationTwinTest {
  private final Activation scalar = new ScalarPointwise();

  /** A matrix of rows × columns with {@code gap} elements between its rows. */
  record Matrix(
      int rows,
      int columns,
      int gap,
      int offset,
      int threads,
      boolean relu,
      boolean inPlace,
      long seed) {}

  @Provide
  Arbitrary<VectorCase> vectors() {
    return VectorCase.any();
  }

  @Provide
  Arbitrary<Matrix> matrices() {
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(20, Arbitraries.integers().between(0, 40)),
                Tuple.of(1, Arbitraries.integers().between(400, 600))),
            Arbitraries.frequencyOf(
                Tuple.of(20, Sizes.small()),
                Tuple.of(1, Arbitraries.integers().between(16_000, 17_000))),
            Arbitraries.integers().between(0, 5),
            Sizes.offsets(),
            Sizes.threads(),
            Arbitraries.of(false, true),
            Arbitraries.of(false, true),
            Arbitraries.longs().between(0, 1_000_000))
        .as(Matrix::new)
        .filter(m -> (long) m.rows * m.columns < 60_000);
  }

  @Property
  void relu(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameRelu);
  }

  @Property
  void reluGradient(@ForAll("vectors") VectorCase one) {
    Repro.run(getClass(), one, this::sameGradient);
  }

  @Property
  void bias(@ForAll("matrices") Matrix one) {
    Repro.run(getClass(), one, this::sameBias);
  }

  @Property
  void tiles(@ForAll("matrices") Matrix one) {
    Repro.run(getClass(), one, this::sameTiles);
  }

  /** The dense and convolution layers of the MNIST CNN, and shapes that each way of splitting. */
  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      sameBias(new Matrix(64, 256, 0, 0, threads, true, true, 1));
      sameBias(new Matrix(26 * 26 * 2, 32, 0, 3, threads, true, true, 2));
      sameBias(new Matrix(1, 40_003, 0, 1, threads, true, false, 3));
      sameBias(new Matrix(2, 20_001, 5, 0, threads, false, false, 4));
      sameBias(new Matrix(20_001, 1, 1, 0, threads, false, true, 5));
    }
  }

  @Example
  void repeat() {
    Repro.repeat(VectorCase.class, this::sameRelu);
    Repro.repeat(VectorCase.class, this::sameGradient);
    Repro.repeat(Matrix.class, this::sameBias);
    Repro.repeat(Matrix.class, this::sameTiles);
  }

  private void sameRelu(VectorCase one) {
    float[] values = one.values(0);
    Guarded input = Guarded.of(values, one.aOffset());
    Guarded expected = one.output(values);
    Guarded actual = expected.copy();
    runRelu(scalar, one, input, expected);
    runRelu(simd(one.threads()), one, input, actual);
    Bits.assertSame("relu", expected.values(), actual.values());
    actual.assertIntact("relu");
    Bits.assertSame("the input", values, input.values());
  }

  private static void runRelu(Activation twin, VectorCase one, Guarded input, Guarded out) {
    Guarded x = one.inPlace() ? out : input;
    twin.relu(one.n(), x.array, x.offset, out.array, out.offset);
  }

  private void sameGradient(VectorCase one) {
    Guarded y = Guarded.of(one.values(0), one.aOffset());
    Guarded dy = Guarded.of(one.values(1), one.bOffset());
    // In place, the gradient takes the place of dy or that of y.
    boolean overDy = one.seed() % 2 == 0;
    Guarded expected = one.output(overDy ? dy.values() : y.values());
    Guarded actual = expected.copy();
    runGradient(scalar, one, overDy, y, dy, expected);
    runGradient(simd(one.threads()), one, overDy, y, dy, actual);
    Bits.assertSame("gradient", expected.values(), actual.values());
    actual.assertIntact("gradient");
  }

  private static void runGradient(
      Activation twin, VectorCase one, boolean overDy, Guarded y, Guarded dy, Guarded out) {
    Guarded first = one.inPlace() && !overDy ? out : y;
    Guarded second = one.inPlace() && overDy ? out : dy;
    if (one.seed() % 3 == 0) {
      twin.reluGradient(
          one.n(), first.array, first.offset, second.array, second.offset, out.array, out.offset);
      return;
    }
    twin.scaledReluGradient(
        one.n(),
        one.seed() % 3 == 1 ? 4 / 3f : Float.POSITIVE_INFINITY,
        first.array,
        first.offset,
        second.array,
        second.offset,
        out.array,
        out.offset);
  }

  private void sameBias(Matrix one) {
    int ldx = Math.max(1, one.columns + one.gap);
    int ldy = one.inPlace ? ldx : Math.max(1, one.columns + one.gap % 3);
    int spanX = span(one, ldx);
    Guarded x = Guarded.of(Fill.withSpecials(one.seed, spanX, 0.1), one.offset);
    Guarded bias = Guarded.of(Fill.withSpecials(~one.seed, one.columns, 0.1), one.offset / 3);
    Guarded expected = one.inPlace ? x.copy() : Guarded.of(span(one, ldy), one.offset / 2);
    Guarded actual = expected.copy();
    Guarded before = expected.copy();
    runBias(scalar, one, x, ldx, bias, expected, ldy);
    runBias(simd(one.threads), one, x, ldx, bias, actual, ldy);
    Bits.assertSame("bias", expected.values(), actual.values());
    actual.assertIntact("bias");
    if (one.columns > 0) {
      actual.assertGapsIntact("bias", before, one.rows, one.columns, ldy);
    }
  }

  private static int span(Matrix one, int ld) {
    return one.rows == 0 || one.columns == 0 ? 0 : (one.rows - 1) * ld + one.columns;
  }

  private static void runBias(
      Activation twin, Matrix one, Guarded input, int ldx, Guarded bias, Guarded out, int ldy) {
    Guarded x = one.inPlace ? out : input;
    if (one.relu) {
      twin.addBiasRelu(
          one.rows,
          one.columns,
          x.array,
          x.offset,
          ldx,
          bias.array,
          bias.offset,
          out.array,
          out.offset,
          ldy);
    } else {
      twin.addBias(
          one.rows,
          one.columns,
          x.array,
          x.offset,
          ldx,
          bias.array,
          bias.offset,
          out.array,
          out.offset,
          ldy);
    }
  }

  /** Consumers tile by tile against the scalar twin's consumer over the whole output at once. */
  private void sameTiles(Matrix one) {
    if (one.rows == 0 || one.columns == 0) {
      return;
    }
    int ld = one.columns + one.gap;
    Guarded expected = Guarded.of(Fill.withSpecials(one.seed, span(one, ld), 0.1), one.offset);
    Guarded actual = expected.copy();
    float[] bias = Fill.gaussian(~one.seed, one.columns + one.offset);
    whole(consumer(scalar, one, bias), one, expected, ld);
    TileConsumer simdConsumer = consumer(simd(one.threads), one, bias);
    int high = 1 + (int) (one.seed % 13);
    int wide = one.gap == 0 ? one.columns : 1 + (int) (one.seed % 37);
    for (int i = 0; i < one.rows; i += high) {
      for (int j = 0; j < one.columns; j += wide) {
        simdConsumer.accept(
            actual.array,
            actual.offset + i * ld + j,
            ld,
            i,
            Math.min(high, one.rows - i),
            j,
            Math.min(wide, one.columns - j));
      }
    }
    Bits.assertSame("tiles", expected.values(), actual.values());
    actual.assertIntact("tiles");
    Guarded once = Guarded.of(Fill.withSpecials(one.seed, span(one, ld), 0.1), one.offset);
    whole(simdConsumer, one, once, ld);
    Bits.assertSame("one tile", expected.values(), once.values());
  }

  private static void whole(TileConsumer consumer, Matrix one, Guarded matrix, int ld) {
    consumer.accept(matrix.array, matrix.offset, ld, 0, one.rows, 0, one.columns);
  }

  private static TileConsumer consumer(Activation twin, Matrix one, float[] bias) {
    if (!one.relu) {
      return twin.biasTiles(bias, one.offset);
    }
    return one.inPlace ? twin.reluTiles() : twin.biasReluTiles(bias, one.offset);
  }

  private static Activation simd(int threads) {
    Activation simd = new SimdPointwise(Teams.of(threads));
    Twin.assertUnderTest(simd, threads);
    return simd;
  }
}
