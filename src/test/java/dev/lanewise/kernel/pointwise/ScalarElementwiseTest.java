package dev.lanewise.kernel.pointwise;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.BothTwins;
import dev.lanewise.testing.Fill;

/** The definition against double-precision formulas; both twins. */
class ScalarElementwiseTest {
  @BothTwins
  void agreesWithFormulasInDouble(Elementwise twin) {
    int n = 77;
    float[] x = Fill.gaussian(1, n);
    float[] y = Fill.gaussian(2, n);
    double[] scaled = new double[n];
    double[] sum = new double[n];
    double[] axpy = new double[n];
    for (int i = 0; i < n; i++) {
      scaled[i] = -2.5 * x[i];
      sum[i] = (double) x[i] + y[i];
      axpy[i] = -2.5 * x[i] + y[i];
    }
    float[] result = new float[n];
    twin.scale(n, -2.5f, x, 0, result, 0);
    Bits.assertClose("scale", scaled, result, 1e-7, 0);
    twin.add(n, x, 0, y, 0, result, 0);
    Bits.assertClose("add", sum, result, 1e-7, 0);
    twin.axpy(n, -2.5f, x, 0, y, 0);
    Bits.assertClose("axpy", axpy, y, 1e-7, 0); // fma: the product is not rounded
    twin.add(n, x, 0, x, 0, x, 0);
    Bits.assertClose("x + x", scaled, scaledBy(-1.25f, x), 1e-7, 0);
  }

  private static float[] scaledBy(float alpha, float[] x) {
    float[] y = new float[x.length];
    new ScalarPointwise().scale(x.length, alpha, x, 0, y, 0);
    return y;
  }

  @BothTwins
  void propagatesNanAndInfinities(Elementwise twin) {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {Float.NaN, inf, -inf, -0f, 0f};
    float[] y = new float[5];
    twin.scale(5, 0f, x, 0, y, 0);
    Bits.assertSame("0 · x", new float[] {Float.NaN, Float.NaN, Float.NaN, -0f, 0f}, y);
    y = new float[] {1, -inf, 1, -0f, -0f};
    twin.axpy(5, 1f, x, 0, y, 0);
    Bits.assertSame("x + y", new float[] {Float.NaN, Float.NaN, -inf, -0f, 0f}, y);
  }

  @BothTwins
  void everyByteIsItsQuotient(Elementwise twin) {
    byte[] bytes = new byte[256];
    float[] quotients = new float[256];
    for (int b = 0; b < 256; b++) {
      bytes[b] = (byte) b;
      quotients[b] = (float) (b / 255.0); // right to the last bit: the quotient is no tie
    }
    float[] y = new float[256];
    twin.bytesToUnit(256, bytes, 0, y, 0);
    Bits.assertSame("bytes", quotients, y);
    assertEquals(1f, y[255]);
  }

  @BothTwins
  void marksLabels(Elementwise twin) {
    float[] y = {9, 9, 9, 9, 9, 9, 9, 9};
    twin.oneHot(2, 3, new int[] {7, 2, 0}, 1, y, 1);
    Bits.assertSame("y", new float[] {9, 0, 0, 1, 1, 0, 0, 9}, y);
  }

  @BothTwins
  void refusals(Elementwise twin) {
    float[] x = Fill.gaussian(1, 20);
    float[] before = x.clone();
    float[] y = new float[20];
    refused("n is -1, but must be at least 0", () -> twin.scale(-1, 2, x, 0, y, 0));
    refused("x has 20", () -> twin.scale(15, 2, x, 6, y, 0));
    refused("y (elements 1 to 4) overlaps x", () -> twin.scale(4, 2, x, 0, x, 1));
    refused("y has 20", () -> twin.axpy(15, 2, x, 0, y, 6));
    refused("y (elements 0 to 3) overlaps x", () -> twin.axpy(4, 2, x, 3, x, 0));
    refused("a has 20", () -> twin.add(4, x, 17, y, 0, y, 0));
    refused("bOffset is -1", () -> twin.add(4, x, 1, y, -1, y, 0));
    refused("c has 20", () -> twin.add(4, x, 1, y, 0, y, 18));
    refused("c (elements 2 to 5) overlaps a", () -> twin.add(4, x, 0, y, 0, x, 2));
    refused("c (elements 2 to 5) overlaps b", () -> twin.add(4, y, 0, x, 0, x, 2));
    int[] labels = {0, 2, 3, -1};
    refused("label 2 is 3, but must be from 0 to 2", () -> twin.oneHot(4, 3, labels, 0, x, 0));
    refused("label 0 is -1", () -> twin.oneHot(1, 3, labels, 3, x, 0));
    refused("classes is 0", () -> twin.oneHot(1, 0, labels, 0, x, 0));
    refused("labels has 4", () -> twin.oneHot(2, 3, labels, 3, x, 0));
    refused("y has 20", () -> twin.oneHot(2, Integer.MAX_VALUE, labels, 0, x, 0));
    refused("x has 3", () -> twin.bytesToUnit(3, new byte[3], 1, y, 0));
    refused("y has 20", () -> twin.bytesToUnit(3, new byte[3], 0, x, 18));
    assertArrayEquals(before, x, "a refused call wrote something");
    twin.add(0, x, 20, x, 19, x, 18);
    twin.oneHot(0, 3, labels, 4, y, 20);
  }

  @BothTwins
  void clipSelects(Elementwise twin) {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {-2, -1, -0.5f, -0f, 0f, 0.5f, 1, 2, -inf, inf, Float.NaN};
    float[] y = new float[x.length];
    twin.clip(x.length, -1, 0.5f, x, 0, y, 0);
    Bits.assertSame(
        "clip", new float[] {-1, -1, -0.5f, -0f, 0f, 0.5f, 0.5f, 0.5f, -1, 0.5f, Float.NaN}, y);
    float[] zeros = {-0f, 0f};
    twin.clip(2, 0f, 1, zeros, 0, zeros, 0);
    Bits.assertSame("-0 is not below +0", new float[] {-0f, 0f}, zeros);
    String text =
        assertThrows(IllegalArgumentException.class, () -> twin.clip(1, 1, Float.NaN, x, 0, y, 0))
            .getMessage();
    assertEquals("low is 1.0 and high NaN, but low must be at most high", text);
  }
}
