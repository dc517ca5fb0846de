package dev.lanewise.kernel.matmul;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Gemm;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScalarMatmulTest {
  private static final Matmul MATMUL = new ScalarMatmul();

  /** Against a triple loop in double, all transposes, all kinds of factors; FR-08's sizes too. */
  @Test
  void equalsTheFormulaInDouble() {
    Random random = new Random(1);
    for (int round = 0; round < 600; round++) {
      int m = 1 + random.nextInt(round < 500 ? 19 : 90);
      int n = 1 + random.nextInt(round < 500 ? 19 : 90);
      int k = 1 + random.nextInt(round < 500 ? 19 : 90);
      boolean ta = random.nextBoolean();
      boolean tb = random.nextBoolean();
      float alpha = random.nextBoolean() ? 1f : (float) random.nextGaussian();
      float beta = random.nextBoolean() ? 0f : (float) random.nextGaussian();
      float[] a = Fill.gaussian(round, m * k);
      float[] b = Fill.gaussian(round + 1000, k * n);
      float[] c = Fill.gaussian(round + 2000, m * n);
      Gemm product = new Gemm(ta, tb, m, n, k);
      double[] expected = product.exact(alpha, a, b, beta, c);
      if (beta == 0) {
        Arrays.fill(c, Float.NaN);
      }
      product.run(MATMUL, alpha, a, b, beta, c);
      Bits.assertClose(m + " " + n + " " + k, expected, c, 1e-5, 1e-5 * Math.sqrt(k));
      Bits.assertNotMostlyZero("c", c);
    }
  }

  @Test
  void chainStartsAtPositiveZeroAndSkipsNoTerm() {
    float[] c = new float[1];
    new Gemm(false, false, 1, 1, 1).run(MATMUL, 1f, new float[] {-0f}, new float[] {1f}, 0f, c);
    Bits.assertSame("+0 + -0", 0f, c[0]);
    new Gemm(false, false, 1, 1, 1).run(MATMUL, -1f, new float[] {0f}, new float[] {1f}, 0f, c);
    Bits.assertSame("alpha times +0", -0f, c[0]);
    float[] zero = {0f, 1f};
    float[] infinite = {Float.POSITIVE_INFINITY, 1f};
    new Gemm(false, false, 1, 1, 2).run(MATMUL, 1f, zero, infinite, 0f, c);
    assertTrue(Float.isNaN(c[0]));
    // One rounding a term: 2^-24 is lost when it is added to 1 alone.
    float[] a = {1f, 1f + 0x1p-12f};
    float[] b = {-1f, 1f - 0x1p-12f};
    new Gemm(false, false, 1, 1, 2).run(MATMUL, 1f, a, b, 0f, c);
    Bits.assertSame("fused", -0x1p-24f, c[0]);
  }

  @Test
  void operandsAreNotReadWithAlphaZeroAndTheOldOutputNotWithBetaZero() {
    float[] nan = {Float.NaN, Float.NaN, Float.NaN, Float.NaN};
    float[] c = {3f, 4f};
    new Gemm(false, false, 1, 2, 2).run(MATMUL, 0f, nan, nan, 0.5f, c);
    Bits.assertSame("alpha 0", new float[] {1.5f, 2f}, c);
    new Gemm(false, false, 1, 2, 2).run(MATMUL, -0f, nan, nan, 0f, c);
    Bits.assertSame("alpha -0, beta 0", new float[] {-0f, -0f}, c);
    float[] old = {Float.NaN, Float.POSITIVE_INFINITY};
    float[] ones = {1f, 1f, 1f, 1f};
    new Gemm(false, false, 1, 2, 2).run(MATMUL, 1f, ones, ones, -0f, old);
    Bits.assertSame("beta -0", new float[] {2f, 2f}, old);
  }

  @Test
  void multiplyIsTheProductOfWholeArrays() {
    float[] c = new float[4];
    MATMUL.multiply(2, 2, 3, new float[] {1, 2, 3, 4, 5, 6}, new float[] {1, 0, 0, 1, 1, 1}, c);
    Bits.assertSame("c", new float[] {4, 5, 10, 11}, c);
    MATMUL.multiply(0, 0, 0, new float[0], new float[0], new float[0]);
  }

  /** FR-10: a product into an operand's own array is refused at every size. */
  @Test
  void overlapIsRefused() {
    for (int size : new int[] {2, 11, 64}) {
      float[] a = Fill.gaussian(size, size * size);
      float[] other = Fill.gaussian(size, size * size);
      float[] before = a.clone();
      for (float beta : new float[] {0f, 1f}) {
        refused(
            "overlaps a",
            () -> new Gemm(false, false, size, size, size).run(MATMUL, 1f, a, a, beta, a));
        refused(
            "overlaps b",
            () -> new Gemm(false, false, size, size, size).run(MATMUL, 1f, other, a, beta, a));
      }
      Bits.assertSame("the refused output", before, a);
    }
  }

  /** Blocks of one matrix may stand beside each other. */
  @Test
  void blocksOfOneMatrixDoNotOverlap() {
    for (int ld = 1; ld <= 5; ld++) {
      for (int columns1 = 1; columns1 <= ld; columns1++) {
        for (int columns2 = 1; columns2 <= ld; columns2++) {
          for (int distance = -12; distance <= 12; distance++) {
            boolean share = false;
            for (int e1 = 0; e1 < 2 * columns1; e1++) {
              for (int e2 = 0; e2 < 3 * columns2; e2++) {
                int at1 = e1 / columns1 * ld + e1 % columns1;
                share |= at1 == distance + e2 / columns2 * ld + e2 % columns2;
              }
            }
            boolean found = CheckedMatmul.share(ld, 2, columns1, distance, 3, columns2);
            assertEquals(share, found, ld + " " + columns1 + " " + columns2 + " " + distance);
          }
        }
      }
    }
    float[] x = {1, 2, 0, 0, 3, 4, 0, 0};
    Transpose no = Transpose.NO;
    MATMUL.sgemm(no, no, 2, 2, 2, 1f, x, 0, 4, x, 0, 4, 0f, x, 2, 4);
    Bits.assertSame("the block beside", new float[] {1, 2, 7, 10, 3, 4, 15, 22}, x);
  }

  @Test
  void refusalsNameTheArgumentAndWriteNothing() {
    float[] a = new float[6];
    float[] b = new float[12];
    float[] c = new float[8];
    Arrays.fill(c, 7f);
    Transpose no = Transpose.NO;
    Transpose yes = Transpose.YES;
    refused("m is -1", () -> MATMUL.sgemm(no, no, -1, 4, 3, 1, a, 0, 3, b, 0, 4, 0, c, 0, 4));
    refused("n is -4", () -> MATMUL.sgemm(no, no, 2, -4, 3, 1, a, 0, 3, b, 0, 4, 0, c, 0, 4));
    refused("k is -3", () -> MATMUL.sgemm(no, no, 2, 4, -3, 1, a, 0, 3, b, 0, 4, 0, c, 0, 4));
    refused("a is 2", () -> MATMUL.sgemm(no, no, 2, 4, 3, 1, a, 0, 2, b, 0, 4, 0, c, 0, 4));
    refused("a is 1", () -> MATMUL.sgemm(yes, no, 2, 4, 3, 1, a, 0, 1, b, 0, 4, 0, c, 0, 4));
    refused("b is 3", () -> MATMUL.sgemm(no, no, 2, 4, 3, 1, a, 0, 3, b, 0, 3, 0, c, 0, 4));
    refused("b is 2", () -> MATMUL.sgemm(no, yes, 2, 4, 3, 1, a, 0, 3, b, 0, 2, 0, c, 0, 4));
    refused("c is 3", () -> MATMUL.sgemm(no, no, 2, 4, 3, 1, a, 0, 3, b, 0, 4, 0, c, 0, 3));
    refused("a has 6", () -> MATMUL.sgemm(no, no, 2, 4, 3, 1, a, 1, 3, b, 0, 4, 0, c, 0, 4));
    refused("bOffset", () -> MATMUL.sgemm(no, no, 2, 4, 3, 1, a, 0, 3, b, -1, 4, 0, c, 0, 4));
    refused("c has 8", () -> MATMUL.sgemm(no, no, 2, 4, 3, 1, a, 0, 3, b, 0, 4, 0, c, 0, 5));
    refused(
        "a has 6",
        () -> MATMUL.sgemm(no, no, 1 << 16, 4, 1 << 16, 1, a, 0, 1 << 16, b, 0, 4, 0, c, 0, 4));
    TileConsumer wrong =
        new TileConsumer() {
          @Override
          public void accept(float[] t, int o, int ld, int row, int rows, int j, int columns) {}

          @Override
          public int rowMultiple() {
            return 0;
          }
        };
    refused(
        "rowMultiple", () -> MATMUL.sgemm(no, no, 2, 4, 3, 1, a, 0, 3, b, 0, 4, 0, c, 0, 4, wrong));
    for (float value : c) {
      assertEquals(7f, value);
    }
  }

  /** The gradients of sum(G ∘ (A · B)) are G · Bᵀ and Aᵀ · G. */
  @Test
  void gradientsEqualFiniteDifferences() {
    int m = 5;
    int n = 7;
    int k = 6;
    float[] a = Fill.gaussian(1, m * k);
    float[] b = Fill.gaussian(2, k * n);
    float[] g = Fill.gaussian(3, m * n);
    float[] da = new float[m * k];
    float[] db = new float[k * n];
    new Gemm(false, true, m, k, n).run(MATMUL, 1f, g, b, 0f, da);
    new Gemm(true, false, k, n, m).run(MATMUL, 1f, a, g, 0f, db);
    Bits.assertClose("da", differences(a, b, a, g, m, n, k), da, 1e-5, 1e-5);
    Bits.assertClose("db", differences(a, b, b, g, m, n, k), db, 1e-5, 1e-5);
  }

  private static double[] differences(
      float[] a, float[] b, float[] x, float[] g, int m, int n, int k) {
    double[] result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      float old = x[i];
      float step = 0x1p-3f; // the function is linear in x, and the sum exact enough
      x[i] = old + step;
      float up = x[i];
      double above = weighted(a, b, g, m, n, k);
      x[i] = old - step;
      double below = weighted(a, b, g, m, n, k);
      result[i] = (above - below) / ((double) up - x[i]);
      x[i] = old;
    }
    return result;
  }

  private static double weighted(float[] a, float[] b, float[] g, int m, int n, int k) {
    double[] y = new Gemm(false, false, m, n, k).exact(1f, a, b, 0f, new float[m * n]);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += g[i] * y[i];
    }
    return sum;
  }
}
