package dev.lanewise.kernel.matmul;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.Tensor;
import dev.lanewise.testing.Fill;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

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
      double[] expected = formula(ta, tb, m, n, k, alpha, a, b, beta, c);
      if (beta == 0) {
        Arrays.fill(c, Float.NaN);
      }
      multiply(ta, tb, m, n, k, alpha, a, b, beta, c);
      Bits.assertClose(m + " " + n + " " + k, expected, c, 1e-5, 1e-5 * Math.sqrt(k));
      Bits.assertNotMostlyZero("c", c);
    }
  }

  @Test
  void chainStartsAtPositiveZeroAndSkipsNoTerm() {
    float[] c = new float[1];
    multiply(false, false, 1, 1, 1, 1f, new float[] {-0f}, new float[] {1f}, 0f, c);
    Bits.assertSame("+0 + -0", 0f, c[0]);
    multiply(false, false, 1, 1, 1, -1f, new float[] {0f}, new float[] {1f}, 0f, c);
    Bits.assertSame("alpha times +0", -0f, c[0]);
    float[] zero = {0f, 1f};
    float[] infinite = {Float.POSITIVE_INFINITY, 1f};
    multiply(false, false, 1, 1, 2, 1f, zero, infinite, 0f, c);
    assertTrue(Float.isNaN(c[0]));
    // One rounding a term: 2^-24 is lost when it is added to 1 alone.
    float[] a = {1f, 1f + 0x1p-12f};
    float[] b = {-1f, 1f - 0x1p-12f};
    multiply(false, false, 1, 1, 2, 1f, a, b, 0f, c);
    Bits.assertSame("fused", -0x1p-24f, c[0]);
  }

  @Test
  void operandsAreNotReadWithAlphaZeroAndTheOldOutputNotWithBetaZero() {
    float[] nan = {Float.NaN, Float.NaN, Float.NaN, Float.NaN};
    float[] c = {3f, 4f};
    multiply(false, false, 1, 2, 2, 0f, nan, nan, 0.5f, c);
    Bits.assertSame("alpha 0", new float[] {1.5f, 2f}, c);
    multiply(false, false, 1, 2, 2, -0f, nan, nan, 0f, c);
    Bits.assertSame("alpha -0, beta 0", new float[] {-0f, -0f}, c);
    float[] old = {Float.NaN, Float.POSITIVE_INFINITY};
    float[] ones = {1f, 1f, 1f, 1f};
    multiply(false, false, 1, 2, 2, 1f, ones, ones, -0f, old);
    Bits.assertSame("beta -0", new float[] {2f, 2f}, old);
  }

  @Test
  void multiplyIsTheProductOfWholeArrays() {
    float[] c = new float[4];
    MATMUL.multiply(2, 2, 3, new float[] {1, 2, 3, 4, 5, 6}, new float[] {1, 0, 0, 1, 1, 1}, c);
    Bits.assertSame("c", new float[] {4, 5, 10, 11}, c);
    MATMUL.multiply(0, 0, 0, new float[0], new float[0], new float[0]);
  }

  @Test
  void fieldReports() {
    int seen = 0;
    for (String report : new String[] {"FR-07", "FR-08", "FR-09"}) {
      for (Cases.FieldReport one : Cases.fieldReports(report)) {
        Tensor a = one.input("A");
        Tensor b = one.input("B");
        float[] c = one.input("C").floats();
        boolean ta = one.attrs().bool("transA", false);
        boolean tb = one.attrs().bool("transB", false);
        int m = a.dim(ta ? 1 : 0);
        int k = a.dim(ta ? 0 : 1);
        int n = b.dim(tb ? 0 : 1);
        float alpha = (float) one.attrs().number("alpha", 1);
        float beta = (float) one.attrs().number("beta", 0);
        multiply(ta, tb, m, n, k, alpha, a.floats(), b.floats(), beta, c);
        Bits.assertClose(one.id(), one.output("C").data(), c, one.rtol(), one.atol());
        seen++;
      }
    }
    assertEquals(37, seen);
  }

  /** FR-10: a product into an operand's own array is refused at every size. */
  @Test
  void overlapIsRefused() {
    for (int size : new int[] {2, 11, 64}) {
      float[] a = Fill.gaussian(size, size * size);
      float[] other = Fill.gaussian(size, size * size);
      float[] before = a.clone();
      for (float beta : new float[] {0f, 1f}) {
        refused("overlaps a", () -> multiply(false, false, size, size, size, 1f, a, a, beta, a));
        refused(
            "overlaps b", () -> multiply(false, false, size, size, size, 1f, other, a, beta, a));
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

  /** ONNX's MatMul and Gemm; what has more than two dimensions is done matrix by matrix. */
  @Test
  void onnxCases() {
    Set<String> done = new TreeSet<>();
    for (Cases.Onnx one : Cases.onnx()) {
      if (one.op().equals("Gemm")) {
        gemm(one);
        done.add(one.name());
      } else if (one.op().equals("MatMul")) {
        matMul(one);
        done.add(one.name());
      }
    }
    assertEquals(11, done.size(), done.toString());
  }

  private static void gemm(Cases.Onnx one) {
    Tensor a = one.input(0).orElseThrow();
    Tensor b = one.input(1).orElseThrow();
    boolean ta = one.node().attrs().bool("transA", false);
    boolean tb = one.node().attrs().bool("transB", false);
    float alpha = (float) one.node().attrs().number("alpha", 1);
    float beta = (float) one.node().attrs().number("beta", 1);
    Tensor y = one.outputs().values().iterator().next();
    float[] c = new float[y.size()];
    if (one.node().inputs().size() == 3 && beta != 0) {
      float[] bias = one.input(2).orElseThrow().floats();
      for (int i = 0; i < c.length; i++) {
        c[i] = bias[i % y.dim(1) % bias.length];
      }
    }
    int k = a.dim(ta ? 0 : 1);
    multiply(ta, tb, y.dim(0), y.dim(1), k, alpha, a.floats(), b.floats(), beta, c);
    Bits.assertClose(one.name(), y.data(), c, one.rtol(), one.atol());
  }

  private static void matMul(Cases.Onnx one) {
    Tensor y = one.outputs().values().iterator().next();
    float[] c = new float[y.size()];
    if (one.input(0).isEmpty() || one.input(1).isEmpty()) { // x · wᵀ: one operand is transposed
      Tensor w = one.inputs().get(one.nodes().getFirst().inputs().getFirst());
      Tensor x = one.input(0).orElseThrow();
      multiply(false, true, x.dim(0), w.dim(0), x.dim(1), 1f, x.floats(), w.floats(), 0f, c);
    } else {
      Tensor a = one.input(0).orElseThrow();
      Tensor b = one.input(1).orElseThrow();
      int k = a.dim(a.rank() - 1);
      int m = a.rank() == 1 ? 1 : a.dim(a.rank() - 2);
      int n = b.rank() == 1 ? 1 : b.dim(b.rank() - 1);
      for (int batch = 0; batch < c.length / (m * n); batch++) {
        int aAt = a.rank() > 2 ? batch * m * k : 0;
        int bAt = b.rank() > 2 ? batch * k * n : 0;
        Transpose no = Transpose.NO;
        MATMUL.sgemm(
            no, no, m, n, k, 1f, a.floats(), aAt, k, b.floats(), bAt, n, 0f, c, batch * m * n, n);
      }
    }
    Bits.assertClose(one.name(), y.data(), c, one.rtol(), one.atol());
  }

  /** A dense layer, forward and both gradients, is three products. */
  @Test
  void denseGradients() {
    int seen = 0;
    for (Cases.OpGradient one : Cases.opGradients()) {
      if (!one.op().equals("dense")) {
        continue;
      }
      Tensor x = one.input("x");
      Tensor w = one.input("w");
      float[] bias = one.input("b").floats();
      int m = x.dim(0);
      int k = x.dim(1);
      int n = w.dim(1);
      float[] y = new float[m * n];
      for (int i = 0; i < y.length; i++) {
        y[i] = bias[i % n];
      }
      multiply(false, false, m, n, k, 1f, x.floats(), w.floats(), 1f, y);
      close(one, one.output(), y);
      float[] dy = one.gradOutput().orElseThrow().floats();
      float[] dx = new float[m * k];
      multiply(false, true, m, k, n, 1f, dy, w.floats(), 0f, dx);
      close(one, one.gradInputs().get("x"), dx);
      float[] dw = new float[k * n];
      multiply(true, false, k, n, m, 1f, x.floats(), dy, 0f, dw);
      close(one, one.gradInputs().get("w"), dw);
      seen++;
    }
    assertEquals(6, seen);
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
    multiply(false, true, m, k, n, 1f, g, b, 0f, da);
    multiply(true, false, k, n, m, 1f, a, g, 0f, db);
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
    double[] y = formula(false, false, m, n, k, 1f, a, b, 0f, new float[m * n]);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += g[i] * y[i];
    }
    return sum;
  }

  private static double[] formula(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      float[] b,
      float beta,
      float[] c) {
    double[] result = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += (double) a[ta ? p * m + i : i * k + p] * b[tb ? j * k + p : p * n + j];
        }
        result[i * n + j] = alpha * sum + (beta == 0 ? 0 : beta * (double) c[i * n + j]);
      }
    }
    return result;
  }

  private static void multiply(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      float[] b,
      float beta,
      float[] c) {
    MATMUL.sgemm(
        ta ? Transpose.YES : Transpose.NO,
        tb ? Transpose.YES : Transpose.NO,
        m,
        n,
        k,
        alpha,
        a,
        0,
        Math.max(1, ta ? m : k),
        b,
        0,
        Math.max(1, tb ? k : n),
        beta,
        c,
        0,
        Math.max(1, n));
  }

  private static void close(Cases.OpGradient one, Tensor expected, float[] actual) {
    double largest = Arrays.stream(expected.data()).map(Math::abs).max().orElse(0);
    Bits.assertClose(one.id(), expected.data(), actual, 1e-5, 1e-5 * largest);
  }

  private static void refused(String part, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
    assertFalse(message.contains("\n"), message);
  }
}
