package dev.lanewise.kernel.pointwise;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.BothTwins;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Fill;
import java.util.Arrays;

/** The definition against double-precision formulas and field reports; both twins. */
class ScalarActivationTest {
  @BothTwins
  void addsBias(Activation twin) {
    int rows = 7;
    int columns = 37;
    float[] x = Fill.gaussian(1, rows * columns);
    float[] bias = Fill.gaussian(2, columns + 2);
    double[] sum = new double[x.length];
    double[] rectified = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      sum[i] = (double) x[i] + bias[2 + i % columns];
      rectified[i] = Math.max(0, sum[i]);
    }
    float[] y = new float[x.length];
    twin.addBias(rows, columns, x, 0, columns, bias, 2, y, 0, columns);
    Bits.assertClose("bias", sum, y, 1e-7, 0);
    Bits.assertNotMostlyZero("bias", y);
    twin.addBiasRelu(rows, columns, x, 0, columns, bias, 2, x, 0, columns);
    Bits.assertClose("bias and relu in place", rectified, x, 1e-7, 0);
  }

  @BothTwins
  void gradientAgreesWithFiniteDifferences(Activation twin) {
    float[] x = Fill.gaussian(3, 100);
    float[] dy = Fill.gaussian(4, 100);
    float[] y = relu(twin, x);
    float[] dx = new float[100];
    twin.backwardRelu(100, y, 0, dy, 0, dx, 0);
    double step = 1e-4;
    for (int i = 0; i < 100; i++) {
      if (Math.abs(x[i]) > step) {
        double slope = (Math.max(0, x[i] + step) - Math.max(0, x[i] - step)) / (2 * step);
        assertEquals(slope * dy[i], dx[i], 1e-6, "element " + i);
      }
    }
  }

  @BothTwins
  void nanPassesNoGradientButKeepsItsOwn(Activation twin) {
    float[] y = {Float.NaN, 1f, 0f, -0f, Float.MIN_VALUE};
    float[] dy = {5f, Float.NaN, Float.NaN, 5f, -0f};
    twin.backwardRelu(5, y, 0, dy, 0, dy, 0);
    Bits.assertSame("dx", new float[] {0f, Float.NaN, 0f, 0f, -0f}, dy);
  }

  /** FR-04: NaN in, NaN out, at every length and position. */
  @BothTwins
  void reportedNan(Activation twin) {
    for (Cases.FieldReport one : Cases.fieldReports("FR-04")) {
      Bits.assertSame(one.id(), one.output("y").floats(), relu(twin, one.input("x").floats()));
    }
    for (int n = 0; n <= 40; n++) {
      for (int at = 0; at < n; at++) {
        float[] x = Fill.gaussian(n, n);
        float[] expected = new float[n];
        for (int i = 0; i < n; i++) {
          expected[i] = x[i] > 0 ? x[i] : 0;
        }
        x[at] = Float.NaN;
        expected[at] = Float.NaN;
        Bits.assertSame("NaN at " + at + " of " + n, expected, relu(twin, x));
      }
    }
  }

  /** FR-06: +0 for every negative input, and for −0. */
  @BothTwins
  void reportedNegativeZero(Activation twin) {
    for (Cases.FieldReport one : Cases.fieldReports("FR-06")) {
      float[] y = relu(twin, one.input("x").floats());
      Bits.assertSame(one.id(), new float[] {0, 0, 0, 2.5f, 0, 0}, y);
    }
    float[] zeros = new float[40];
    Arrays.fill(zeros, -0f);
    Bits.assertSame("relu(-0)", new float[40], relu(twin, zeros));
  }

  @BothTwins
  void refusals(Activation twin) {
    float[] x = Fill.gaussian(5, 20);
    float[] before = x.clone();
    float[] other = new float[20];
    refused("n is -1, but must be at least 0", () -> twin.relu(-1, x, 0, x, 0));
    refused("x has 20 elements, but 21 from offset 0", () -> twin.relu(21, x, 0, other, 0));
    refused("yOffset is -1", () -> twin.relu(3, x, 0, other, -1));
    refused("y (elements 1 to 10) overlaps x", () -> twin.relu(10, x, 0, x, 1));
    refused("dx (elements 2 to 6) overlaps dy", () -> twin.backwardRelu(5, other, 0, x, 0, x, 2));
    refused("dx (elements 2 to 6) overlaps y", () -> twin.backwardRelu(5, x, 0, other, 0, x, 2));
    refused("rows is -1", () -> twin.addBias(-1, 2, x, 0, 2, other, 0, x, 0, 2));
    refused("columns is -2", () -> twin.addBias(1, -2, x, 0, 2, other, 0, x, 0, 2));
    refused(
        "the leading dimension of x is 2, but must be at least 3",
        () -> twin.addBiasRelu(2, 3, x, 0, 2, other, 0, x, 0, 3));
    refused("bias has 20 elements", () -> twin.addBias(2, 3, x, 0, 3, other, 18, x, 0, 3));
    refused("overlaps x", () -> twin.addBias(2, 3, x, 0, 3, other, 0, x, 0, 4));
    refused("overlaps bias", () -> twin.addBias(2, 3, other, 0, 3, x, 5, x, 0, 3));
    assertArrayEquals(before, x, "a refused call wrote something");
    twin.addBias(0, 0, x, 20, 1, other, 20, x, 20, 1);
    twin.relu(0, x, 20, x, 3);
  }

  private static float[] relu(Activation twin, float[] x) {
    float[] y = new float[x.length];
    twin.relu(x.length, x, 0, y, 0);
    return y;
  }
}
