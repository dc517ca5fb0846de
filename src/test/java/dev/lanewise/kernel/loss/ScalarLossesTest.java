package dev.lanewise.kernel.loss;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.BothTwins;
import dev.lanewise.testing.Fill;

/** The definition against formulas and finite differences; both twins. */
class ScalarLossesTest {
  private static void gradient(
      Losses twin,
      boolean squared,
      int rows,
      int columns,
      float[] x,
      float[] t,
      float[] loss,
      float scale,
      float[] dx) {
    if (squared) {
      twin.backwardMeanSquaredError(
          rows, columns, x, 0, columns, t, 0, columns, loss, 0, scale, dx, 0, columns);
    } else {
      twin.backwardBinaryCrossEntropy(
          rows, columns, x, 0, columns, t, 0, columns, loss, 0, scale, dx, 0, columns);
    }
  }

  @BothTwins
  void gradientsAgreeWithFiniteDifferences(Losses twin) {
    int n = 9;
    float[] x = Fill.gaussian(1, n);
    float[] t = new float[n];
    for (int i = 0; i < n; i++) {
      t[i] = i % 3 / 2f;
    }
    float[] loss = new float[1];
    for (boolean squared : new boolean[] {true, false}) {
      float[] dx = new float[n];
      gradient(twin, squared, 1, n, x, t, loss, 1, dx);
      double h = 1e-5;
      for (int i = 0; i < n; i++) {
        double slope = exact(squared, x[i] + h, t[i]) - exact(squared, x[i] - h, t[i]);
        assertEquals(slope / (2 * h) / n, dx[i], 1e-6, "element " + i);
      }
      double mean = 0;
      for (int i = 0; i < n; i++) {
        mean += exact(squared, x[i], t[i]) / n;
      }
      assertEquals(mean, loss[0], 1e-6);
    }
  }

  private static double exact(boolean squared, double x, double t) {
    return squared
        ? (x - t) * (x - t)
        : Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** Confident and right: what a formula with log(1 - p) would round to 0 or to infinity. */
  @BothTwins
  void confidentLogitsKeepTheirLoss(Losses twin) {
    float[] x = {10, -30, 200, -200, 200};
    float[] t = {1, 0, 1, 0, 0};
    float[] loss = new float[5];
    twin.binaryCrossEntropy(5, 1, x, 0, 1, t, 0, 1, loss, 0);
    double[] expected = {Math.log1p(Math.exp(-10)), Math.exp(-30), 0, 0, 200};
    Bits.assertClose("loss", expected, loss, 1e-6, 1e-40);
  }

  @BothTwins
  void refusals(Losses twin) {
    float[] x = new float[12];
    float[] t = new float[12];
    float[] loss = new float[3];
    refused("rows is -1", () -> twin.meanSquaredError(-1, 4, x, 0, 4, t, 0, 4, loss, 0));
    refused("columns is 0, but", () -> twin.meanSquaredError(3, 0, x, 0, 4, t, 0, 4, loss, 0));
    refused("targets is 3", () -> twin.binaryCrossEntropy(3, 4, x, 0, 4, t, 0, 3, loss, 0));
    refused("loss has 3", () -> twin.binaryCrossEntropy(3, 4, x, 0, 4, t, 0, 4, loss, 1));
    refused("overlaps x", () -> twin.binaryCrossEntropy(3, 4, x, 0, 4, t, 0, 4, x, 0));
    refused(
        "dx (elements 0 to 11) overlaps targets",
        () -> gradient(twin, true, 3, 4, x, t, loss, 1, t));
    refused("weights has 3", () -> twin.weigh(4, 3, loss, 0, x, 0, t, 0));
  }
}
