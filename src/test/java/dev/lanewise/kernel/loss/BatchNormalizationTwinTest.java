package dev.lanewise.kernel.loss;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.cases.BatchNormalizationCases;
import dev.lanewise.cases.BatchNormalizationCases.Columns;
import dev.lanewise.cases.FamilyTwins;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Content;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twins;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Both twins against each other, against the formula in double, and its finite differences. */
class BatchNormalizationTwinTest extends FamilyTwins {
  private static final BatchNormalization SCALAR = new ScalarBatchNormalization();

  @Provide
  Arbitrary<Columns> matrices() {
    return BatchNormalizationCases.columns();
  }

  /** What the scalar twin writes. */
  private record Written(
      double[][] y, float[] mean, float[] variance, double[][] dx, float[] dgamma, float[] dbeta) {}

  private static Written run(Columns one) {
    float[][] of = one.calls(Kernels.scalar()).run().outputs();
    int n = one.columns();
    return new Written(Fill.rows(of[0], n), of[1], of[2], Fill.rows(of[3], n), of[4], of[5]);
  }

  @Property(tries = 60)
  void scalarIsTheFormula(@ForAll("matrices") Columns one) {
    Repro.run(getClass(), one, BatchNormalizationTwinTest::formula);
  }

  /** The formula in double. */
  private static final class Exact {
    final double[] mean;
    final double[] variance;
    final double[] inverse;
    final double[][] h;

    Exact(double[][] x, int columns, double epsilon) {
      mean = new double[columns];
      variance = new double[columns];
      inverse = new double[columns];
      h = new double[x.length][columns];
      for (int j = 0; j < columns; j++) {
        for (double[] row : x) {
          mean[j] += row[j] / x.length;
        }
        for (double[] row : x) {
          variance[j] += (row[j] - mean[j]) * (row[j] - mean[j]) / x.length;
        }
        inverse[j] = 1 / Math.sqrt(variance[j] + epsilon);
        for (int i = 0; i < x.length; i++) {
          h[i][j] = (x[i][j] - mean[j]) * inverse[j];
        }
      }
    }
  }

  private static void formula(Columns drawn) {
    int m = Math.max(2, drawn.rows());
    int n = drawn.columns();
    float e = Math.max(0.01f, drawn.epsilon()); // lest a column nearly constant magnifies rounding
    Columns one =
        new Columns(m, n, drawn.gap(), drawn.offset(), e, false, 1, Content.GAUSSIAN, drawn.seed());
    Written got = run(one);
    double[][] dy = Fill.rows(one.dy().values(), one.columns());
    double[] gamma = Fill.doubles(one.gamma().values());
    double[] beta = Fill.doubles(one.beta().values());
    Exact exact =
        new Exact(Fill.rows(one.x().values(), one.columns()), one.columns(), one.epsilon());
    for (int j = 0; j < one.columns(); j++) {
      double dgamma = 0;
      double dbeta = 0;
      for (int i = 0; i < one.rows(); i++) {
        assertEquals(exact.h[i][j] * gamma[j] + beta[j], got.y[i][j], 1e-4, "y " + i + ", " + j);
        dgamma += dy[i][j] * exact.h[i][j];
        dbeta += dy[i][j];
      }
      assertEquals(exact.mean[j], got.mean[j], 1e-5, "mean " + j);
      assertEquals(exact.variance[j], got.variance[j], 1e-4, "variance " + j);
      assertEquals(dgamma, got.dgamma[j], 1e-3, "dgamma " + j);
      assertEquals(dbeta, got.dbeta[j], 1e-3, "dbeta " + j);
      for (int i = 0; i < one.rows(); i++) {
        double common = (dbeta + exact.h[i][j] * dgamma) / one.rows();
        double want = gamma[j] * exact.inverse[j] * (dy[i][j] - common);
        assertEquals(want, got.dx[i][j], 1e-3, "dx " + i + ", " + j);
      }
    }
  }

  /** The gradients of Σ dy · y, by central differences of the formula in double. */
  @Example
  void gradientsAgreeWithFiniteDifferences() {
    Columns one = new Columns(5, 3, 0, 0, 1e-3f, false, 1, Content.GAUSSIAN, 5);
    Written got = run(one);
    double step = 1e-6;
    for (int i = 0; i < 7; i++) { // gamma and beta are rows behind the others here
      for (int j = 0; j < 3; j++) {
        double slope = (loss(one, i, j, step) - loss(one, i, j, -step)) / (2 * step);
        float gradient = i < 5 ? (float) got.dx[i][j] : i == 5 ? got.dgamma[j] : got.dbeta[j];
        assertEquals(slope, gradient, 1e-5, "row " + i + ", column " + j);
      }
    }
  }

  private static double loss(Columns one, int row, int column, double step) {
    double[][] x = Fill.rows(one.x().values(), one.columns());
    double[] gamma = Fill.doubles(one.gamma().values());
    double[] beta = Fill.doubles(one.beta().values());
    (row < one.rows() ? x[row] : row == one.rows() ? gamma : beta)[column] += step;
    Exact exact = new Exact(x, one.columns(), one.epsilon());
    double[][] dy = Fill.rows(one.dy().values(), one.columns());
    double sum = 0;
    for (int i = 0; i < one.rows(); i++) {
      for (int j = 0; j < one.columns(); j++) {
        sum += dy[i][j] * (exact.h[i][j] * gamma[j] + beta[j]);
      }
    }
    return sum;
  }

  @Example
  void oneColumnsFaultsAreItsOwn() {
    for (BatchNormalization twin : List.of(SCALAR, Twins.simd(Teams.of(2)).batchNormalization())) {
      for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
        float[] x = Fill.gaussian(1, 4 * 5);
        float[] y = normalized(twin, x.clone());
        x[7] = bad;
        float[] now = normalized(twin, x);
        for (int i = 0; i < y.length; i++) {
          float expected = i % 5 == 2 ? Float.NaN : y[i];
          Bits.assertSame("element " + i, expected, now[i]);
        }
      }
      float[] large = {1e30f, 3, 0, 0, 0, -1e30f, 3, 0, 0, 0};
      assertEquals(0.5f, normalized(twin, large)[0]); // beta: the squares overflow
      assertEquals(0.5f, normalized(twin, large)[1]); // beta: all are equal
    }
  }

  private static float[] normalized(BatchNormalization twin, float[] x) {
    float[] y = new float[x.length];
    float[] gamma = {1, 2, 3, 4, 5};
    float[] beta = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f};
    float[] mean = new float[5];
    float[] variance = new float[5];
    int rows = x.length / 5;
    twin.forward(rows, 5, x, 0, 5, gamma, 0, beta, 0, 1e-3f, y, 0, 5, mean, 0, variance, 0);
    return y;
  }

  @Example
  void refusals() {
    for (Kernels kernels : List.of(Kernels.scalar(), Twins.simd(Teams.of(2)))) {
      BatchNormalization twin = kernels.batchNormalization();
      float[] x = new float[12];
      float[] y = new float[12];
      float[] g = new float[4];
      float[] b = new float[4];
      float[] m = new float[4];
      float[] v = new float[4];
      refused("rows is 0", () -> twin.forward(0, 4, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, m, 0, v, 0));
      refused(
          "columns is -1", () -> twin.forward(3, -1, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, m, 0, v, 0));
      refused(
          "epsilon is -1", () -> twin.forward(3, 4, x, 0, 4, g, 0, b, 0, -1, y, 0, 4, m, 0, v, 0));
      refused("gamma has 4", () -> twin.forward(3, 4, x, 0, 4, g, 1, b, 0, 0, y, 0, 4, m, 0, v, 0));
      refused("mean has 4", () -> twin.forward(3, 4, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, m, 1, v, 0));
      refused(
          "y (elements 0 to 11) overlaps x",
          () -> twin.forward(3, 4, x, 0, 4, g, 0, b, 0, 0, x, 0, 4, m, 0, v, 0));
      refused(
          "mean (elements 0 to 3) overlaps beta",
          () -> twin.forward(3, 4, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, b, 0, v, 0));
      refused(
          "overlaps mean", () -> twin.forward(3, 4, x, 0, 4, g, 0, b, 0, 0, y, 0, 4, m, 0, m, 0));
      refused(
          "overlaps variance",
          () -> twin.normalize(1, 4, x, 0, 4, g, 0, b, 0, 0, m, 0, v, 0, v, 0, 4));
      refused(
          "overlaps x", () -> twin.normalize(2, 4, x, 0, 4, g, 0, b, 0, 0, m, 0, v, 0, x, 4, 4));
      float[] dy = new float[12];
      float[] dg = new float[4];
      float[] db = new float[4];
      refused(
          "dx (elements 0 to 11) overlaps dy",
          () ->
              twin.backward(3, 4, x, 0, 4, g, 0, 0, m, 0, v, 0, dy, 0, 4, dy, 0, 4, dg, 0, db, 0));
      refused(
          "dbeta (elements 0 to 3) overlaps dgamma",
          () -> twin.backward(3, 4, x, 0, 4, g, 0, 0, m, 0, v, 0, dy, 0, 4, y, 0, 4, dg, 0, dg, 0));
      refused(
          "dgamma (elements 0 to 3) overlaps gamma",
          () -> twin.backward(3, 4, x, 0, 4, g, 0, 0, m, 0, v, 0, dy, 0, 4, y, 0, 4, g, 0, db, 0));
      refused("epsilon is NaN", () -> twin.tiles(g, 0, b, 0, Float.NaN, m, 0, v, 0));
      assertEquals(0, y[0] + x[0] + dy[0]);
    }
  }
}
