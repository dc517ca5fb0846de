package dev.lanewise.kernel.loss;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.cases.FamilyTwins;
import dev.lanewise.cases.NormalizationCases;
import dev.lanewise.cases.NormalizationCases.Place;
import dev.lanewise.cases.NormalizationCases.Rows;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twins;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Both twins against each other, against the formula in double, and its finite differences. */
class NormalizationTwinTest extends FamilyTwins {
  private static final Normalization SCALAR = new ScalarNormalization();

  @Property(tries = 60)
  void scalarIsTheFormula(@ForAll("rows") Rows one) {
    Repro.run(getClass(), one, NormalizationTwinTest::formula);
  }

  @Provide
  Arbitrary<Rows> rows() {
    return NormalizationCases.rows();
  }

  /** What the scalar twin writes: y, dx and products, row after row. */
  private record Written(double[][] y, double[][] dx, double[][] products) {}

  private static Written run(Rows one) {
    float[][] outputs = one.calls(Kernels.scalar()).run().outputs(); // statistics and dgamma too
    return new Written(
        Fill.rows(outputs[0], one.columns()),
        Fill.rows(outputs[4], one.columns()),
        Fill.rows(outputs[2], one.columns()));
  }

  /** The formula in double. */
  private static final class Exact {
    final double[][] h;
    final double[] inverse;

    Exact(double[][] x, double epsilon) {
      h = new double[x.length][];
      inverse = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        double mean = Arrays.stream(x[i]).average().orElse(0);
        double[] d = Arrays.stream(x[i]).map(v -> v - mean).toArray();
        double variance = Arrays.stream(d).map(v -> v * v).average().orElse(0);
        double factor = 1 / Math.sqrt(variance + epsilon);
        h[i] = Arrays.stream(d).map(v -> v * factor).toArray();
        inverse[i] = factor;
      }
    }
  }

  private static void formula(Rows drawn) {
    int m = drawn.rows();
    int n = Math.max(2, drawn.columns());
    float e = Math.max(0.01f, drawn.epsilon()); // lest a nearly constant row magnifies rounding
    Content content = Content.GAUSSIAN;
    Rows one =
        new Rows(m, n, drawn.gap(), drawn.offset(), e, Place.APART, 1, content, drawn.seed());
    Written got = run(one);
    double[][] dy = Fill.rows(one.dy().values(), one.columns());
    double[] gamma = Fill.doubles(one.gamma().values());
    double[] beta = Fill.doubles(one.beta().values());
    Exact exact = new Exact(Fill.rows(one.x().values(), one.columns()), one.epsilon());
    for (int i = 0; i < one.rows(); i++) {
      double a = 0;
      double b = 0;
      for (int j = 0; j < one.columns(); j++) {
        assertEquals(exact.h[i][j] * gamma[j] + beta[j], got.y[i][j], 1e-4, "y " + i + ", " + j);
        a += dy[i][j] * gamma[j] / one.columns();
        b += dy[i][j] * gamma[j] * exact.h[i][j] / one.columns();
        double product = dy[i][j] * exact.h[i][j];
        assertEquals(product, got.products[i][j], 1e-4, "product " + i + ", " + j);
      }
      for (int j = 0; j < one.columns(); j++) {
        double want = exact.inverse[i] * (dy[i][j] * gamma[j] - a - exact.h[i][j] * b);
        assertEquals(want, got.dx[i][j], 1e-3, "dx " + i + ", " + j);
      }
    }
  }

  /** The gradients of Σ dy · y, by central differences of the formula in double. */
  @Example
  void gradientsAgreeWithFiniteDifferences() {
    Rows one = new Rows(3, 7, 0, 0, 1e-3f, Place.APART, 1, Content.GAUSSIAN, 5);
    Written got = run(one);
    double step = 1e-6;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 7; j++) {
        double slope = (loss(one, i, j, step) - loss(one, i, j, -step)) / (2 * step);
        assertEquals(slope, got.dx[i][j], 1e-5, "dx " + i + ", " + j);
      }
    }
    float[] dgamma = one.calls(Kernels.scalar()).run().outputs()[3];
    for (int j = 0; j < 7; j++) { // gamma is a row behind the others here
      double slope = (loss(one, 3, j, step) - loss(one, 3, j, -step)) / (2 * step);
      assertEquals(slope, dgamma[j], 1e-5, "dgamma " + j);
    }
  }

  private static double loss(Rows one, int row, int column, double step) {
    double[][] x = Fill.rows(one.x().values(), one.columns());
    double[] gamma = Fill.doubles(one.gamma().values());
    (row < one.rows() ? x[row] : gamma)[column] += step;
    Exact exact = new Exact(x, one.epsilon());
    double[][] dy = Fill.rows(one.dy().values(), one.columns());
    double sum = 0;
    for (int i = 0; i < one.rows(); i++) {
      for (int j = 0; j < one.columns(); j++) {
        sum += dy[i][j] * exact.h[i][j] * gamma[j];
      }
    }
    return sum;
  }

  @Example
  void oneRowsFaultsAreItsOwn() {
    for (Normalization twin : List.of(SCALAR, Twins.simd(Teams.of(2)).normalization())) {
      for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
        float[] x = Fill.gaussian(1, 3 * 5);
        float[] y = normalized(twin, x.clone());
        x[7] = bad;
        float[] now = normalized(twin, x);
        for (int i = 0; i < y.length; i++) {
          float expected = i / 5 == 1 ? Float.NaN : y[i];
          Bits.assertSame("element " + i, expected, now[i]);
        }
      }
      float[] large = {1e30f, -1e30f, 3e29f, 0, 1};
      assertEquals(0.5f, normalized(twin, large)[2]); // beta
      float[] equal = {3, 3, 3, 3, 3};
      assertEquals(0.5f, normalized(twin, equal)[1]);
    }
  }

  private static float[] normalized(Normalization twin, float[] x) {
    float[] y = new float[x.length];
    float[] gamma = {1, 2, 3, 4, 5};
    float[] beta = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f};
    int rows = x.length / 5;
    float[] of = new float[2 * rows];
    twin.forward(rows, 5, x, 0, 5, gamma, 0, beta, 0, 1e-3f, y, 0, 5, of, 0);
    return y;
  }

  @Example
  void refusals() {
    for (Kernels kernels : List.of(Kernels.scalar(), Twins.simd(Teams.of(2)))) {
      Normalization twin = kernels.normalization();
      float[] x = new float[12];
      float[] y = new float[12];
      float[] g = new float[4];
      float[] b = new float[4];
      float[] of = new float[6];
      refused("rows is -1", () -> twin.forward(-1, 4, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, of, 0));
      refused("columns is 0", () -> twin.forward(3, 0, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, of, 0));
      refused("epsilon is -1", () -> twin.forward(3, 4, x, 0, 4, g, 0, b, 0, -1, y, 0, 4, of, 0));
      float nan = Float.NaN;
      refused("epsilon is NaN", () -> twin.forward(3, 4, x, 0, 4, g, 0, b, 0, nan, y, 0, 4, of, 0));
      refused("gamma has 4", () -> twin.forward(3, 4, x, 0, 4, g, 1, b, 0, 0, y, 0, 4, of, 0));
      refused("beta has 4", () -> twin.forward(3, 4, x, 0, 4, g, 0, b, 1, 0, y, 0, 4, of, 0));
      refused("statistics has 6", () -> twin.forward(3, 4, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, of, 1));
      refused("overlaps x", () -> twin.forward(2, 4, x, 0, 4, g, 0, b, 0, 0, x, 4, 4, of, 0));
      refused("overlaps gamma", () -> twin.forward(1, 4, x, 0, 4, g, 0, b, 0, 0, g, 0, 4, of, 0));
      refused("overlaps beta", () -> twin.forward(1, 4, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, b, 1));
      refused("overlaps x", () -> twin.forward(1, 4, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, x, 1));
      refused(
          "overlaps statistics", () -> twin.forward(1, 4, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, y, 1));
      float[] p = new float[12];
      float[] dx = new float[12];
      refused(
          "dy is 3", () -> twin.backward(3, 4, x, 0, 4, g, 0, of, 0, y, 0, 3, p, 0, 4, dx, 0, 4));
      refused(
          "products (elements 4 to 11) overlaps dy",
          () -> twin.backward(2, 4, x, 0, 4, g, 0, of, 0, y, 0, 4, y, 4, 4, dx, 0, 4));
      refused(
          "dx (elements 4 to 11) overlaps products",
          () -> twin.backward(2, 4, x, 0, 4, g, 0, of, 0, y, 0, 4, p, 0, 4, p, 4, 4));
      refused(
          "overlaps statistics",
          () -> twin.backward(1, 4, x, 0, 4, g, 0, of, 0, y, 0, 4, p, 0, 4, of, 0, 4));
      assertEquals(0, y[0] + x[0]);
    }
  }
}
