package dev.lanewise.kernel.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import dev.lanewise.testing.Twins;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Both twins against each other, against the formula in double, and its finite differences. */
@Tag("twin")
@AddLifecycleHook(Twin.class)
class BatchNormalizationTwinTest {
  private static final BatchNormalization SCALAR = new ScalarBatchNormalization();

  record Columns(
      int rows,
      int columns,
      int gap,
      int offset,
      float epsilon,
      boolean inPlace,
      int threads,
      boolean special,
      long seed) {
    int ld() {
      return Math.max(1, columns + gap);
    }

    private float[] floats(int which, int n) {
      long of = seed * 31 + which;
      return special ? Fill.withSpecials(of, n, 0.01) : Fill.gaussian(of, n);
    }

    Guarded matrix(int which) {
      return Guarded.of(floats(which, rows * ld()), offset + which);
    }

    Guarded row(int which) {
      return Guarded.of(floats(which, columns), offset + which);
    }
  }

  /** What a twin writes, one call after the other. */
  private record Written(
      Guarded y,
      Guarded mean,
      Guarded variance,
      Guarded again,
      Guarded dx,
      Guarded dgamma,
      Guarded dbeta) {
    List<Guarded> all() {
      return List.of(y, mean, variance, again, dx, dgamma, dbeta);
    }
  }

  private static Written run(BatchNormalization twin, Columns one) {
    int rows = one.rows;
    int n = one.columns;
    int ld = one.ld();
    float epsilon = one.epsilon;
    Guarded x = one.matrix(0);
    Guarded dy = one.matrix(1);
    Guarded y = one.matrix(2);
    Guarded dx = one.matrix(3);
    Guarded gamma = one.row(4);
    Guarded beta = one.row(5);
    Guarded mean = one.row(6);
    Guarded variance = one.row(7);
    Guarded dgamma = one.row(8);
    Guarded dbeta = one.row(9);
    Guarded in = one.inPlace ? x.copy() : x;
    Guarded again = one.inPlace ? in : one.matrix(2);
    twin.forward(
        rows,
        n,
        x.array,
        x.offset,
        ld,
        gamma.array,
        gamma.offset,
        beta.array,
        beta.offset,
        epsilon,
        y.array,
        y.offset,
        ld,
        mean.array,
        mean.offset,
        variance.array,
        variance.offset);
    twin.normalize(
        rows,
        n,
        in.array,
        in.offset,
        ld,
        gamma.array,
        gamma.offset,
        beta.array,
        beta.offset,
        epsilon,
        mean.array,
        mean.offset,
        variance.array,
        variance.offset,
        again.array,
        again.offset,
        ld);
    twin.backward(
        rows,
        n,
        x.array,
        x.offset,
        ld,
        gamma.array,
        gamma.offset,
        epsilon,
        mean.array,
        mean.offset,
        variance.array,
        variance.offset,
        dy.array,
        dy.offset,
        ld,
        dx.array,
        dx.offset,
        ld,
        dgamma.array,
        dgamma.offset,
        dbeta.array,
        dbeta.offset);
    return new Written(y, mean, variance, again, dx, dgamma, dbeta);
  }

  @Provide
  Arbitrary<Columns> matrices() {
    Arbitrary<int[]> small =
        Combinators.combine(Arbitraries.integers().between(1, 9), Sizes.small())
            .as((r, c) -> new int[] {r, c});
    Arbitrary<int[]> tall = sizes(4000, 9000, 1, 5);
    Arbitrary<int[]> strips = sizes(60, 200, 1, 40);
    Arbitrary<int[]> tiles = sizes(60, 130, 120, 400);
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(4, small), Tuple.of(1, tall), Tuple.of(3, strips), Tuple.of(2, tiles)),
            Arbitraries.of(0, 0, 1, 5),
            Sizes.offsets(),
            Arbitraries.of(0f, 1e-5f, 1e-3f, 0.5f),
            Arbitraries.of(true, false),
            Sizes.threads(),
            Arbitraries.longs().between(0, 1_000_000))
        .as(
            (size, gap, offset, epsilon, inPlace, threads, seed) ->
                new Columns(
                    size[0], size[1], gap, offset, epsilon, inPlace, threads, seed % 3 == 0, seed));
  }

  private static Arbitrary<int[]> sizes(int leastRows, int mostRows, int least, int most) {
    return Combinators.combine(
            Arbitraries.integers().between(leastRows, mostRows),
            Arbitraries.integers().between(least, most))
        .as((r, c) -> new int[] {r, c});
  }

  @Property
  void twinsAreTheSameToTheBit(@ForAll("matrices") Columns one) {
    Repro.run(getClass(), one, BatchNormalizationTwinTest::same);
  }

  @Property(tries = 60)
  void scalarIsTheFormula(@ForAll("matrices") Columns one) {
    Repro.run(getClass(), one, BatchNormalizationTwinTest::formula);
  }

  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      same(new Columns(16 * 26 * 26, 32, 0, 0, 1e-3f, true, threads, false, 1));
      same(new Columns(128, 256, 0, 3, 1e-3f, false, threads, false, 2));
    }
  }

  @Example
  void repeat() {
    Repro.repeat(Columns.class, BatchNormalizationTwinTest::same);
    Repro.repeat(Columns.class, BatchNormalizationTwinTest::formula);
  }

  private static void same(Columns one) {
    BatchNormalization simd = new SimdBatchNormalization(Teams.of(one.threads));
    Twin.assertUnderTest(simd, one.threads);
    Written scalar = run(SCALAR, one);
    List<Guarded> expected = scalar.all();
    List<Guarded> actual = run(simd, one).all();
    List<String> names = List.of("y", "mean", "variance", "again", "dx", "dgamma", "dbeta");
    for (int i = 0; i < names.size(); i++) {
      // The gaps between rows hold what they held before, in both.
      Bits.assertSame(names.get(i), expected.get(i).values(), actual.get(i).values());
      expected.get(i).assertIntact(names.get(i));
      actual.get(i).assertIntact(names.get(i));
    }
    actual.getFirst().assertGapsIntact("y", one.matrix(2), one.rows, one.columns, one.ld());
    // Inference by the batch's own moments is the training's forward pass.
    for (int i = 0; i < one.rows; i++) {
      for (int j = 0; j < one.columns; j++) {
        int at = i * one.ld() + j;
        float y = scalar.y.array[scalar.y.offset + at];
        Bits.assertSame("again " + i + ", " + j, y, scalar.again.array[scalar.again.offset + at]);
      }
    }
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

  private static double[][] doubles(Guarded matrix, Columns one) {
    double[][] rows = new double[one.rows][one.columns];
    for (int i = 0; i < one.rows; i++) {
      for (int j = 0; j < one.columns; j++) {
        rows[i][j] = matrix.array[matrix.offset + i * one.ld() + j];
      }
    }
    return rows;
  }

  private static void formula(Columns drawn) {
    Columns one =
        new Columns(
            Math.max(2, drawn.rows),
            drawn.columns,
            drawn.gap,
            drawn.offset,
            Math.max(0.01f, drawn.epsilon), // lest a column nearly constant magnifies rounding
            false,
            1,
            false,
            drawn.seed);
    Written got = run(SCALAR, one);
    double[][] dy = doubles(one.matrix(1), one);
    double[] gamma = Fill.doubles(one.row(4).values());
    double[] beta = Fill.doubles(one.row(5).values());
    Exact exact = new Exact(doubles(one.matrix(0), one), one.columns, one.epsilon);
    double[][] y = doubles(got.y, one);
    double[][] dx = doubles(got.dx, one);
    for (int j = 0; j < one.columns; j++) {
      double dgamma = 0;
      double dbeta = 0;
      for (int i = 0; i < one.rows; i++) {
        assertEquals(exact.h[i][j] * gamma[j] + beta[j], y[i][j], 1e-4, "y " + i + ", " + j);
        dgamma += dy[i][j] * exact.h[i][j];
        dbeta += dy[i][j];
      }
      assertEquals(exact.mean[j], got.mean.values()[j], 1e-5, "mean " + j);
      assertEquals(exact.variance[j], got.variance.values()[j], 1e-4, "variance " + j);
      assertEquals(dgamma, got.dgamma.values()[j], 1e-3, "dgamma " + j);
      assertEquals(dbeta, got.dbeta.values()[j], 1e-3, "dbeta " + j);
      for (int i = 0; i < one.rows; i++) {
        double common = (dbeta + exact.h[i][j] * dgamma) / one.rows;
        double want = gamma[j] * exact.inverse[j] * (dy[i][j] - common);
        assertEquals(want, dx[i][j], 1e-3, "dx " + i + ", " + j);
      }
    }
  }

  /** The gradients of Σ dy · y, by central differences of the formula in double. */
  @Example
  void gradientsAgreeWithFiniteDifferences() {
    Columns one = new Columns(5, 3, 0, 0, 1e-3f, false, 1, false, 5);
    Written got = run(SCALAR, one);
    double step = 1e-6;
    for (int i = 0; i < 7; i++) { // gamma and beta are rows behind the others here
      for (int j = 0; j < 3; j++) {
        double slope = (loss(one, i, j, step) - loss(one, i, j, -step)) / (2 * step);
        float gradient =
            i < 5
                ? got.dx.values()[i * 3 + j]
                : i == 5 ? got.dgamma.values()[j] : got.dbeta.values()[j];
        assertEquals(slope, gradient, 1e-5, "row " + i + ", column " + j);
      }
    }
  }

  private static double loss(Columns one, int row, int column, double step) {
    double[][] x = doubles(one.matrix(0), one);
    double[] gamma = Fill.doubles(one.row(4).values());
    double[] beta = Fill.doubles(one.row(5).values());
    (row < one.rows ? x[row] : row == one.rows ? gamma : beta)[column] += step;
    Exact exact = new Exact(x, one.columns, one.epsilon);
    double[][] dy = doubles(one.matrix(1), one);
    double sum = 0;
    for (int i = 0; i < one.rows; i++) {
      for (int j = 0; j < one.columns; j++) {
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

  /** Tile by tile, at any place of the output, it is the same as over the whole output. */
  @Example
  void tilesAreTheWhole() {
    int n = 37;
    float[] x = Fill.gaussian(1, 10 * n);
    float[] row = Fill.gaussian(2, 4 * n);
    for (int j = 3 * n; j < row.length; j++) {
      row[j] = Math.abs(row[j]); // variances
    }
    for (BatchNormalization twin : List.of(SCALAR, Twins.simd(Teams.of(2)).batchNormalization())) {
      float[] whole = x.clone();
      twin.normalize(10, n, x, 0, n, row, 0, row, n, 0.1f, row, 2 * n, row, 3 * n, whole, 0, n);
      float[] tiled = x.clone();
      var tiles = twin.tiles(row, 0, row, n, 0.1f, row, 2 * n, row, 3 * n);
      for (int i = 0; i < 10; i += 5) {
        tiles.accept(tiled, i * n, n, i, 5, 0, 20);
        tiles.accept(tiled, i * n + 20, n, i, 5, 20, n - 20);
      }
      Bits.assertSame("tiles", whole, tiled);
    }
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

  private static void refused(String message, Runnable call) {
    String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(said.contains(message), said);
  }
}
