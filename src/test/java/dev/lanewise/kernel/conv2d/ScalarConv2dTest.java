package dev.lanewise.kernel.conv2d;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lanewise.cases.Conv2dCases;
import dev.lanewise.cases.Conv2dCases.Convolution;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.ReductionRule;
import dev.lanewise.testing.Repro;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The scalar twin against formulas of the tests' own. */
class ScalarConv2dTest {
  private static final ScalarConv2d SCALAR = new ScalarConv2d();
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  @Provide
  Arbitrary<Convolution> cases() {
    return Conv2dCases.convolutions();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void agreesWithDoublePrecision(@ForAll("cases") Convolution drawn) {
    Repro.run(ScalarConv2dTest.class, drawn, ScalarConv2dTest::checkDouble);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void gradientsAreThoseOfForward(@ForAll("cases") Convolution drawn) {
    Repro.run(ScalarConv2dTest.class, drawn, ScalarConv2dTest::checkGradients);
  }

  @Example
  void repeat() {
    Repro.repeat(Convolution.class, ScalarConv2dTest::checkDouble);
    Repro.repeat(Convolution.class, ScalarConv2dTest::checkGradients);
  }

  private static void checkDouble(Convolution drawn) {
    Conv2dShape s = drawn.shape();
    float[] x = Fill.gaussian(drawn.seed(), s.inElements());
    float[] w = Fill.gaussian(drawn.seed() + 1, s.weightElements());
    float[] dy = Fill.gaussian(drawn.seed() + 2, s.outElements());
    float[] y = new float[s.outElements()];
    float[] dx = new float[s.inElements()];
    float[] dw = new float[s.weightElements()];
    float[] db = new float[s.filters()];
    SCALAR.forward(s, x, 0, w, 0, y, 0);
    SCALAR.backwardInput(s, dy, 0, w, 0, dx, 0);
    SCALAR.backwardWeights(s, x, 0, dy, 0, dw, 0);
    SCALAR.backwardBias(s, dy, 0, db, 0);
    double[] dx64 = Fill.doubles(x);
    double[] w64 = Fill.doubles(w);
    double[] dy64 = Fill.doubles(dy);
    assertNear("y", ConvReference.forward(s, dx64, w64), y);
    assertNear("dx", ConvReference.backwardInput(s, dy64, w64), dx);
    assertNear("dw", ConvReference.backwardWeights(s, dx64, dy64), dw);
    assertNear("db", ConvReference.backwardBias(s, dy64), db);
  }

  /** No chain here is longer than some thousand terms: an error of n · 2^-24 of the magnitudes. */
  private static void assertNear(String what, ConvReference expected, float[] actual) {
    for (int i = 0; i < actual.length; i++) {
      double error = Math.abs(actual[i] - expected.value[i]);
      if (!(error <= 4e-6 * expected.magnitude[i])) {
        fail(what + ": element " + i + " is " + actual[i] + ", expected " + expected.value[i]);
      }
    }
  }

  /**
   * Central differences of the double-precision loss Σ y·dy, at a few elements: the loss is linear
   * in x and in w, so that any step gives the exact slope.
   */
  private static void checkGradients(Convolution drawn) {
    Conv2dShape s = drawn.shape().withBatch(Math.min(drawn.shape().batch(), 2));
    if (s.batch() == 0) {
      return;
    }
    float[] x = Fill.gaussian(drawn.seed(), s.inElements());
    float[] w = Fill.gaussian(drawn.seed() + 1, s.weightElements());
    float[] dy = Fill.gaussian(drawn.seed() + 2, s.outElements());
    float[] dx = new float[s.inElements()];
    float[] dw = new float[s.weightElements()];
    SCALAR.backwardInput(s, dy, 0, w, 0, dx, 0);
    SCALAR.backwardWeights(s, x, 0, dy, 0, dw, 0);
    for (int probe = 0; probe < 2; probe++) {
      int i = Math.floorMod(drawn.seed() + 7919L * probe, x.length);
      int j = Math.floorMod(drawn.seed() + 7919L * probe, w.length);
      assertEquals(slope(s, x, w, dy, i, true), dx[i], 1e-3, "dx " + i);
      assertEquals(slope(s, x, w, dy, j, false), dw[j], 1e-3, "dw " + j);
    }
  }

  private static double slope(
      Conv2dShape s, float[] x, float[] w, float[] dy, int index, boolean ofInput) {
    double[] loss = new double[2];
    for (int side = 0; side < 2; side++) {
      double[] x64 = Fill.doubles(x);
      double[] w64 = Fill.doubles(w);
      (ofInput ? x64 : w64)[index] += side == 0 ? -0.5 : 0.5;
      double[] y = ConvReference.forward(s, x64, w64).value;
      for (int i = 0; i < y.length; i++) {
        loss[side] += y[i] * dy[i];
      }
    }
    return loss[1] - loss[0];
  }

  @Example
  void paddingIsATermThatInfiniteWeightsTurnIntoNaN() {
    Conv2dShape s = Conv2dShape.same(1, 2, 2, 1, 1, 3, 3, 1, 1, 1, 1, 1);
    float[] w = {INFINITY, 1, 1, 1, 1, 1, 1, 1, 1};
    float[] y = new float[4];
    SCALAR.forward(s, new float[] {1, 2, 3, 4}, 0, w, 0, y, 0);
    // The infinite weight meets a pixel only at the last output.
    Bits.assertSame("y", new float[] {Float.NaN, Float.NaN, Float.NaN, INFINITY}, y);
    float[] dx = new float[4];
    SCALAR.backwardInput(s, new float[] {1, 2, 3, 4}, 0, w, 0, dx, 0);
    Bits.assertSame("dx", new float[] {INFINITY, Float.NaN, Float.NaN, Float.NaN}, dx);
  }

  @Example
  void backwardInputLeavesOutTapsBetweenTheStrides() {
    Conv2dShape s = new Conv2dShape(1, 1, 4, 1, 1, 1, 2, 1, 2, 1, 1, 0, 0, 0, 0, 1);
    float[] dx = new float[4];
    SCALAR.backwardInput(s, new float[] {3, 5}, 0, new float[] {2, INFINITY}, 0, dx, 0);
    // Tap 0 reaches even columns only, tap 1 odd ones; no 0 · ∞ comes between.
    Bits.assertSame("dx", new float[] {6, INFINITY, 10, INFINITY}, dx);
  }

  @Example
  void inputsThatNoTapReachesGetZero() {
    Conv2dShape s = new Conv2dShape(1, 3, 3, 2, 1, 1, 1, 2, 2, 1, 1, 0, 0, 0, 0, 1);
    float[] dx = new float[18];
    Arrays.fill(dx, 9f);
    SCALAR.backwardInput(s, new float[] {1, 2, 3, 4}, 0, new float[] {1, 10}, 0, dx, 0);
    assertArrayEquals(new float[] {1, 10, 0, 0, 2, 20, 0, 0, 0, 0, 0, 0, 3, 30, 0, 0, 4, 40}, dx);
  }

  @Example
  void rowsAndImagesAreAddedInTheStatedOrder() {
    for (int images : new int[] {0, 1, 5, 32, 33, 70, 4096, 4097, 8200}) {
      Conv2dShape s = Conv2dShape.valid(images, 3, 2, 1, 1, 1, 1);
      float[] x = Fill.gaussian(images, 6 * images);
      float[] dy = Fill.gaussian(images + 1, 6 * images);
      float[] weights = new float[images];
      float[] biases = new float[images];
      for (int n = 0; n < images; n++) {
        float[] row = new float[3];
        float[] plain = new float[3];
        for (int r = 0; r < 3; r++) {
          int i = n * 6 + r * 2;
          row[r] = Math.fma(x[i + 1], dy[i + 1], Math.fma(x[i], dy[i], 0f));
          plain[r] = 0f + dy[i] + dy[i + 1];
        }
        weights[n] = row[0] + row[1] + row[2];
        biases[n] = plain[0] + plain[1] + plain[2];
      }
      float[] dw = {7};
      float[] db = {7};
      SCALAR.backwardWeights(s, x, 0, dy, 0, dw, 0);
      SCALAR.backwardBias(s, dy, 0, db, 0);
      Bits.assertSame("dw", ReductionRule.sum(weights), dw[0]);
      Bits.assertSame("db", ReductionRule.sum(biases), db[0]);
    }
  }

  /** Blocks of blocks: more images than a test of a whole call could have. */
  @Example
  void blocksOfBlocksAreFoldedToo() {
    float[] values = Fill.gaussian(1, 4096 * 4096 + 4097);
    Lanes images = new Lanes();
    images.begin(1);
    float[] one = new float[1];
    for (float value : values) {
      one[0] = value;
      images.add(one, 0);
    }
    float[] sum = new float[1];
    images.total(sum, 0);
    Bits.assertSame("images", ReductionRule.sum(values), sum[0]);

    // Blocks whose lanes the SIMD twin fills.
    for (int blocks : new int[] {2, 33, 4096}) {
      images.begin(2);
      for (int b = 0; b < blocks; b++) {
        float[] lanes = images.block(Lanes.BLOCK);
        for (int i = 0; i < Lanes.BLOCK; i++) {
          lanes[i % 32 * 2 + 1] += values[b * Lanes.BLOCK + i];
        }
      }
      float[] two = new float[2];
      images.total(two, 0);
      float[] summed = Arrays.copyOf(values, blocks * Lanes.BLOCK);
      Bits.assertSame("blocks", ReductionRule.sum(summed), two[1]);
      Bits.assertSame("blocks", 0f, two[0]);
    }
  }

  @Example
  void refusalsNameTheArgument() {
    Conv2dShape s = Conv2dShape.valid(1, 3, 3, 1, 2, 2, 2); // x 9, w 8, y 8
    float[] x = new float[9];
    float[] w = new float[8];
    float[] y = new float[8];
    Arrays.fill(y, 5f);
    refused("x has 9 elements, but 9 from offset 1", () -> SCALAR.forward(s, x, 1, w, 0, y, 0));
    refused("w has 8 elements, but 8 from offset 2", () -> SCALAR.forward(s, x, 0, w, 2, y, 0));
    refused("y has 8 elements, but 8 from offset 1", () -> SCALAR.forward(s, x, 0, w, 0, y, 1));
    refused("yOffset is -1", () -> SCALAR.forward(s, x, 0, w, 0, y, -1));
    refused("y (elements", () -> SCALAR.forward(s, x, 0, y, 0, y, 0));
    refused(
        "x has 9 elements",
        () -> SCALAR.forwardTiles(s, x, 1, w, 0, (t, o, ld, r, rs, c, cs) -> fail("called")));
    refused("dy has 8 elements", () -> SCALAR.backwardInput(s, y, 1, w, 0, x, 0));
    refused("dx has 8 elements", () -> SCALAR.backwardInput(s, y, 0, w, 0, new float[8], 0));
    refused("dx (elements", () -> SCALAR.backwardInput(s, x, 0, w, 0, x, 0));
    refused("dw has 8 elements", () -> SCALAR.backwardWeights(s, x, 0, y, 0, w, 3));
    refused("dw (elements", () -> SCALAR.backwardWeights(s, x, 0, y, 0, x, 0));
    refused("db has 1 elements", () -> SCALAR.backwardBias(s, y, 0, new float[1], 0));
    refused("db (elements", () -> SCALAR.backwardBias(s, y, 0, y, 2));
    for (float value : y) {
      assertEquals(5f, value, "nothing is written before a refusal");
    }
  }

  @Example
  void shapesAreChecked() {
    refused("groups is 2", () -> new Conv2dShape(1, 3, 3, 3, 2, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2));
    refused("padTop is -1", () -> new Conv2dShape(1, 3, 3, 3, 2, 1, 1, 1, 1, 1, 1, -1, 0, 0, 0, 1));
    refused(
        "a window that covers 2147483649 pixels",
        () -> Conv2dShape.same(1, 1, 1, 1, 1, 3, 3, 1, 1, 1 << 30, 1 << 30, 1));
    refused(
        "the padded image's height is 2147483652",
        () -> Conv2dShape.same(1, 5, 5, 1, 1, 2, 1, 1, 1, Integer.MAX_VALUE, 1, 1));
    refused(
        "the padded image's width is 2147483650",
        () ->
            new Conv2dShape(1, 3, 3, 1, 1, 1, 1, 1, 1 << 30, 1, 1, 0, 0, Integer.MAX_VALUE, 0, 1));
  }
}
