package dev.lanewise.kernel.reduce;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.BothTwins;
import dev.lanewise.testing.Fill;
import java.util.Arrays;

/** The definition against double-precision formulas; both twins. */
class ScalarBlasTest {
  @BothTwins
  void levelOneOfWholeArrays(Blas twin) {
    float[] x = Fill.gaussian(1, 5003);
    float[] y = Fill.gaussian(2, 5003);
    double dot = 0;
    double squares = 0;
    double sum = 0;
    int largest = 0;
    double[] axpy = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      dot += (double) x[i] * y[i];
      squares += (double) x[i] * x[i];
      sum += Math.abs((double) x[i]);
      largest = Math.abs(x[i]) > Math.abs(x[largest]) ? i : largest;
      axpy[i] = 0.5 * ((double) y[i] - 2.5 * x[i]);
    }
    assertEquals(dot, twin.dot(x, y), 1e-3);
    assertEquals(Math.sqrt(squares), twin.nrm2(x), 1e-5);
    assertEquals(sum, twin.asum(x), 1e-2);
    assertEquals(largest, twin.iamax(x));
    twin.axpy(-2.5f, x, y);
    twin.scal(0.5f, y);
    Bits.assertClose("axpy, scal", axpy, y, 1e-6, 1e-6);
  }

  @BothTwins
  void normNeitherOverflowsNorUnderflows(Blas twin) {
    float[] large = new float[100];
    Arrays.fill(large, 1e30f);
    assertEquals(1e31, twin.nrm2(large), 1e25);
    Arrays.fill(large, 1e-30f);
    assertEquals(1e-29, twin.nrm2(large), 1e-35);
    assertEquals(0f, twin.nrm2(0, large, 0));
    assertEquals(0f, twin.asum(0, large, 100));
  }

  @BothTwins
  void iamaxTakesTheFirstOfEqualOnesAndTheFirstNan(Blas twin) {
    float[] x = new float[70];
    x[5] = -3f;
    x[40] = 3f;
    assertEquals(5, twin.iamax(x));
    x[50] = Float.NaN;
    x[60] = Float.NaN;
    x[65] = Float.POSITIVE_INFINITY;
    assertEquals(50, twin.iamax(x));
    assertEquals(0, twin.iamax(4, x, 0));
  }

  @BothTwins
  void gemvBothWays(Blas twin) {
    int m = 37;
    int n = 53;
    int lda = 60;
    float[] a = Fill.gaussian(3, 2 + m * lda);
    float[] x = Fill.gaussian(4, 1 + n);
    float[] y = Fill.gaussian(5, 3 + n);
    double[] plain = new double[m];
    double[] transposed = new double[n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        plain[i] += 1.5 * a[2 + i * lda + j] * x[1 + j];
        transposed[j] += 1.5 * a[2 + i * lda + j] * x[1 + i];
      }
    }
    for (int j = 0; j < n; j++) {
      transposed[j] += -0.5 * y[3 + j];
    }
    float[] out = new float[m];
    Arrays.fill(out, Float.NaN); // beta 0 does not read it
    twin.gemv(Transpose.NO, m, n, 1.5f, a, 2, lda, x, 1, 0, out, 0);
    Bits.assertClose("A·x", plain, out, 1e-5, 1e-5);
    twin.gemv(Transpose.YES, m, n, 1.5f, a, 2, lda, x, 1, -0.5f, y, 3);
    Bits.assertClose("Aᵀ·x", transposed, Arrays.copyOfRange(y, 3, 3 + n), 1e-5, 1e-5);
    float[] small = {1, 2, 3, 4, 5, 6};
    float[] two = new float[2];
    twin.gemv(2, 3, small, new float[] {1, 0, -1}, two);
    assertArrayEquals(new float[] {-2, -2}, two);
    twin.ger(2, 3, 2, new float[] {1, -1}, new float[] {1, 2, 3}, small);
    assertArrayEquals(new float[] {3, 6, 9, 2, 1, 0}, small);
  }

  @BothTwins
  void alphaZeroReadsNothing(Blas twin) {
    float[] a = {Float.NaN, Float.NaN};
    float[] y = {1, 2};
    twin.gemv(Transpose.NO, 2, 1, 0, a, 0, 1, a, 0, 2, y, 0);
    Bits.assertSame("y", new float[] {2, 4}, y);
    twin.gemv(Transpose.YES, 1, 2, -0f, a, 0, 2, a, 0, 0, y, 0);
    Bits.assertSame("y", new float[] {-0f, -0f}, y);
  }

  @BothTwins
  void refusals(Blas twin) {
    float[] x = Fill.gaussian(6, 20);
    float[] before = x.clone();
    float[] y = new float[20];
    refused("n is -1", () -> twin.asum(-1, x, 0));
    refused("n is 0, but must be at least 1", () -> twin.iamax(0, x, 0));
    refused("x has 20 elements, but 21", () -> twin.nrm2(21, x, 0));
    refused("y has 3 elements, but x has 20", () -> twin.dot(x, new float[3]));
    refused("y has 3 elements, but x has 20", () -> twin.axpy(1, x, new float[3]));
    refused("a has 20 elements, but 21", () -> twin.gemv(3, 7, y, x, new float[3]));
    refused("y (elements 3 to 5) overlaps a", () -> gemv(twin, x, y, x, 3));
    refused("y (elements 3 to 5) overlaps x", () -> gemv(twin, y, x, x, 3));
    refused("m is -2", () -> twin.ger(-2, 3, 1, x, x, y));
    refused("overlaps x", () -> twin.ger(2, 3, 1, x, y, x));
    refused("overlaps y", () -> twin.ger(2, 3, 1, y, x, x));
    refused("the leading dimension of a is 2", () -> twin.ger(2, 3, 1, x, 0, x, 0, y, 0, 2));
    assertArrayEquals(before, x, "a refused call wrote something");
  }

  private static void gemv(Blas twin, float[] a, float[] x, float[] y, int yOffset) {
    twin.gemv(Transpose.NO, 3, 4, 1, a, 0, 4, x, 0, 0, y, yOffset);
  }
}
