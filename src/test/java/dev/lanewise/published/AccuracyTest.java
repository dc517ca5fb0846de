package dev.lanewise.published;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.conv2d.ConvReference;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Teams;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * How far results are from the exact ones: products and convolutions within the standard bound of a
 * sum of k products in any order, and losses where a naive formula has no correct digit left.
 */
class AccuracyTest {
  private static final double U = 0x1p-24; // the unit roundoff of floats

  private static List<Kernels> twins() {
    return List.of(Kernels.scalar(), Kernels.best(Teams.of(2)));
  }

  /** N. Higham's γₖ = k·u / (1 − k·u); the double's own error is below a millionth of it. */
  private static double gamma(int k) {
    return k * U / (1 - k * U);
  }

  /** Gaussian and positive values, and ones of all magnitudes that cancel each other. */
  private static float[] values(int kind, long seed, int n) {
    float[] values = Fill.gaussian(seed, n);
    for (int i = 0; i < n; i++) {
      values[i] =
          switch (kind) {
            case 0 -> values[i];
            case 1 -> Math.abs(values[i]);
            default -> values[i] * (float) Math.scalb(1.0, i % 40 - 20);
          };
    }
    return values;
  }

  @Test
  void matmul() {
    for (Kernels kernels : twins()) {
      double largest = 0;
      for (int[] size : new int[][] {{3, 5, 1}, {17, 19, 7}, {8, 33, 600}, {5, 40, 5000}}) {
        int m = size[0];
        int n = size[1];
        int k = size[2];
        for (int kind = 0; kind < 3; kind++) {
          float[] a = values(kind, k, m * k);
          float[] b = values(kind, k + 1, k * n);
          float[] c = new float[m * n];
          kernels.matmul().multiply(m, n, k, a, b, c);
          for (int i = 0; i < m * n; i++) {
            double exact = 0;
            double magnitude = 0;
            for (int p = 0; p < k; p++) {
              double term = (double) a[i / n * k + p] * b[p * n + i % n];
              exact += term;
              magnitude += Math.abs(term);
            }
            double share = Math.abs(c[i] - exact) / (gamma(k) * magnitude);
            assertTrue(share <= 1, m + "×" + n + "×" + k + ": element " + i + ": " + share);
            largest = Math.max(largest, share);
          }
        }
      }
      say("matmul", kernels, largest);
    }
  }

  private static void say(String what, Kernels kernels, double largest) {
    assertTrue(largest > 1e-3, "nothing was rounded: " + largest);
    int bits = kernels.vectorBits();
    System.out.printf(Locale.ROOT, "%s, %d bits: at most %.3f of the bound%n", what, bits, largest);
  }

  @Test
  void conv2d() {
    for (Kernels kernels : twins()) {
      double largest = 0;
      for (Conv2dShape s :
          List.of(
              Conv2dShape.valid(2, 9, 11, 1, 32, 3, 3),
              Conv2dShape.same(1, 7, 8, 24, 5, 5, 5, 2, 1, 1, 1, 1))) {
        for (int kind = 0; kind < 3; kind++) {
          float[] x = values(kind, 1, s.inElements());
          float[] w = values(kind, 2, s.weightElements());
          float[] y = new float[s.outElements()];
          kernels.conv2d().forward(s, x, 0, w, 0, y, 0);
          ConvReference exact = ConvReference.forward(s, Fill.doubles(x), Fill.doubles(w));
          int k = s.kernelHeight() * s.kernelWidth() * s.inChannels();
          for (int i = 0; i < y.length; i++) {
            double share = Math.abs(y[i] - exact.value[i]) / (gamma(k) * exact.magnitude[i]);
            assertTrue(share <= 1, s + ": element " + i + ": " + share);
            largest = Math.max(largest, share);
          }
        }
      }
      say("conv2d", kernels, largest);
    }
  }

  /**
   * Rows where log(Σ exp x) overflows, where exp of all but one class vanishes, and where the loss
   * is far smaller than the logits; the exact ones in double, with the maximum subtracted.
   */
  @Test
  void logSoftmaxAndCrossEntropyWhereNaiveCodeHasNoDigits() {
    float[][] rows = {
      {1e20f, 1e20f, -1e20f}, {1000, 999, 998},
      {-2000, -2001, -1999.5f}, {88.8f, 89.1f, 87},
      {0, -104, -200}, {30, 0, -30},
      {16777216, 16777215, 16777214}
    };
    for (Kernels kernels : twins()) {
      int naive = 0;
      for (float[] x : rows) {
        int n = x.length;
        float[] log = new float[n];
        kernels.softmax().logSoftmax(1, n, x, 0, n, log, 0, n);
        for (int label = 0; label < n; label++) {
          double max = Math.max(x[0], Math.max(x[1], x[2]));
          double sum = 0;
          double wrong = 0;
          for (float value : x) {
            sum += StrictMath.exp(value - max);
            wrong += (float) StrictMath.exp(value);
          }
          double exact = x[label] - max - StrictMath.log(sum);
          // Both terms and their difference are rounded; errors of exp and of the sum are
          // relative ones of the logarithm's argument, so absolute ones of the logarithm.
          double ulp = Math.max(Math.ulp((float) (x[label] - max)), Math.ulp((float) exact));
          double bound = 2 * ulp + 4 * U;
          assertTrue(
              Math.abs(log[label] - exact) <= bound, exact + ", but log-softmax is " + log[label]);
          float[] loss = new float[1];
          kernels.softmax().crossEntropy(1, n, x, 0, n, new int[] {label}, 0, loss, 0);
          assertEquals(0, log[label] + loss[0], "the loss is the same number");
          double plain = (x[label] - (float) StrictMath.log((float) wrong));
          naive += Math.abs(plain - exact) <= bound ? 0 : 1;
        }
      }
      assertTrue(naive >= 10, "the naive formula is wrong in " + naive + " of 21 cases only");
    }
  }
}
