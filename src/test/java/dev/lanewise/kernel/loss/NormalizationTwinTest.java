package dev.lanewise.kernel.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.reduce.ScalarReduce;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Guarded;
import dev.lanewise.testing.Repro;
import dev.lanewise.testing.Sizes;
import dev.lanewise.testing.Teams;
import dev.lanewise.testing.Twin;
import dev.lanewise.testing.Twins;
import java.util.Arrays;
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
class NormalizationTwinTest {
  private static final Normalization SCALAR = new ScalarNormalization();

  /** What the calls write over: nothing that they read or write, or ever another matrix. */
  enum Place {
    APART,
    Y_AND_DX_OVER_X,
    DX_OVER_DY,
    DX_OVER_PRODUCTS
  }

  record Rows(
      int rows,
      int columns,
      int gap,
      int offset,
      float epsilon,
      Place place,
      int threads,
      boolean special,
      long seed) {
    int ld() {
      return columns + gap;
    }

    private float[] floats(int which, int n) {
      long of = seed * 31 + which;
      return special ? Fill.withSpecials(of, n, 0.05) : Fill.gaussian(of, n);
    }

    Guarded matrix(int which) {
      return Guarded.of(floats(which, rows * ld()), offset + which);
    }

    Guarded row(int which) {
      return Guarded.of(floats(which, columns), offset + which);
    }
  }

  /** What a twin writes, one call after the other. */
  private record Written(Guarded y, Guarded statistics, Guarded dx, Guarded products) {
    List<Guarded> all() {
      return List.of(y, statistics, dx, products);
    }
  }

  private static Written run(Normalization twin, Rows one) {
    int rows = one.rows;
    int n = one.columns;
    int ld = one.ld();
    Guarded x = one.matrix(0);
    Guarded dy = one.matrix(1);
    Guarded y = one.matrix(2);
    Guarded dx = one.matrix(3);
    Guarded gamma = one.row(4);
    Guarded beta = one.row(5);
    Guarded of = Guarded.of(2 * rows, one.offset);
    Guarded products = one.matrix(6);
    Guarded in = x;
    switch (one.place) {
      case APART -> {}
      case Y_AND_DX_OVER_X -> {
        in = x.copy();
        y = in;
        dx = x;
        products = dy;
      }
      case DX_OVER_DY -> {
        dx = dy;
        products = x;
      }
      case DX_OVER_PRODUCTS -> products = dx;
    }
    twin.forward(
        rows,
        n,
        in.array,
        in.offset,
        ld,
        gamma.array,
        gamma.offset,
        beta.array,
        beta.offset,
        one.epsilon,
        y.array,
        y.offset,
        ld,
        of.array,
        of.offset);
    twin.backward(
        rows,
        n,
        x.array,
        x.offset,
        ld,
        gamma.array,
        gamma.offset,
        of.array,
        of.offset,
        dy.array,
        dy.offset,
        ld,
        products.array,
        products.offset,
        ld,
        dx.array,
        dx.offset,
        ld);
    return new Written(y, of, dx, products);
  }

  @Provide
  Arbitrary<Rows> rows() {
    Arbitrary<int[]> small =
        Combinators.combine(Arbitraries.integers().between(0, 9), Sizes.small())
            .as((r, c) -> new int[] {r, Math.max(1, c)});
    Arbitrary<int[]> wide = sizes(1, 2, 4000, 9000);
    Arbitrary<int[]> tall = sizes(4000, 9000, 1, 5);
    Arbitrary<int[]> tiles = sizes(60, 130, 120, 400);
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(6, small), Tuple.of(1, wide), Tuple.of(1, tall), Tuple.of(2, tiles)),
            Arbitraries.of(0, 0, 1, 5),
            Sizes.offsets(),
            Arbitraries.of(0f, 1e-5f, 1e-3f, 0.5f),
            Arbitraries.of(Place.class),
            Sizes.threads(),
            Arbitraries.longs().between(0, 1_000_000))
        .as(
            (size, gap, offset, epsilon, place, threads, seed) ->
                new Rows(
                    size[0], size[1], gap, offset, epsilon, place, threads, seed % 3 == 0, seed));
  }

  private static Arbitrary<int[]> sizes(int leastRows, int mostRows, int least, int most) {
    return Combinators.combine(
            Arbitraries.integers().between(leastRows, mostRows),
            Arbitraries.integers().between(least, most))
        .as((r, c) -> new int[] {r, c});
  }

  @Property
  void twinsAreTheSameToTheBit(@ForAll("rows") Rows one) {
    Repro.run(getClass(), one, NormalizationTwinTest::same);
  }

  @Property(tries = 60)
  void scalarIsTheFormula(@ForAll("rows") Rows one) {
    Repro.run(getClass(), one, NormalizationTwinTest::formula);
  }

  @Example
  void productionSizes() {
    for (int threads : Teams.sizes()) {
      same(new Rows(64, 784, 0, 0, 1e-3f, Place.APART, threads, false, 1));
      same(new Rows(192, 512, 0, 3, 1e-3f, Place.DX_OVER_DY, threads, false, 2));
    }
  }

  @Example
  void repeat() {
    Repro.repeat(Rows.class, NormalizationTwinTest::same);
    Repro.repeat(Rows.class, NormalizationTwinTest::formula);
  }

  private static void same(Rows one) {
    Normalization simd = new SimdNormalization(Teams.of(one.threads));
    Twin.assertUnderTest(simd, one.threads);
    List<Guarded> expected = run(SCALAR, one).all();
    List<Guarded> actual = run(simd, one).all();
    List<String> names = List.of("y", "statistics", "dx", "products");
    for (int i = 0; i < names.size(); i++) {
      // The gaps between rows hold what they held before, in both.
      Bits.assertSame(names.get(i), expected.get(i).values(), actual.get(i).values());
      expected.get(i).assertIntact(names.get(i));
      actual.get(i).assertIntact(names.get(i));
    }
    Guarded before = one.place == Place.Y_AND_DX_OVER_X ? one.matrix(0) : one.matrix(2);
    actual.getFirst().assertGapsIntact("y", before, one.rows, one.columns, one.ld());
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

  private static double[][] doubles(Guarded matrix, Rows one) {
    double[][] rows = new double[one.rows][one.columns];
    for (int i = 0; i < one.rows; i++) {
      for (int j = 0; j < one.columns; j++) {
        rows[i][j] = matrix.array[matrix.offset + i * one.ld() + j];
      }
    }
    return rows;
  }

  private static void formula(Rows drawn) {
    Rows one =
        new Rows(
            drawn.rows,
            Math.max(2, drawn.columns),
            drawn.gap,
            drawn.offset,
            Math.max(0.01f, drawn.epsilon), // lest a row that is nearly constant magnifies rounding
            Place.APART,
            1,
            false,
            drawn.seed);
    Written got = run(SCALAR, one);
    double[][] dy = doubles(one.matrix(1), one);
    double[] gamma = Fill.doubles(one.row(4).values());
    double[] beta = Fill.doubles(one.row(5).values());
    Exact exact = new Exact(doubles(one.matrix(0), one), one.epsilon);
    double[][] y = doubles(got.y, one);
    double[][] dx = doubles(got.dx, one);
    double[][] products = doubles(got.products, one);
    for (int i = 0; i < one.rows; i++) {
      double a = 0;
      double b = 0;
      for (int j = 0; j < one.columns; j++) {
        assertEquals(exact.h[i][j] * gamma[j] + beta[j], y[i][j], 1e-4, "y " + i + ", " + j);
        a += dy[i][j] * gamma[j] / one.columns;
        b += dy[i][j] * gamma[j] * exact.h[i][j] / one.columns;
        double product = dy[i][j] * exact.h[i][j];
        assertEquals(product, products[i][j], 1e-4, "product " + i + ", " + j);
      }
      for (int j = 0; j < one.columns; j++) {
        double want = exact.inverse[i] * (dy[i][j] * gamma[j] - a - exact.h[i][j] * b);
        assertEquals(want, dx[i][j], 1e-3, "dx " + i + ", " + j);
      }
    }
  }

  /** The gradients of Σ dy · y, by central differences of the formula in double. */
  @Example
  void gradientsAgreeWithFiniteDifferences() {
    Rows one = new Rows(3, 7, 0, 0, 1e-3f, Place.APART, 1, false, 5);
    Written got = run(SCALAR, one);
    double step = 1e-6;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 7; j++) {
        double slope = (loss(one, i, j, step) - loss(one, i, j, -step)) / (2 * step);
        assertEquals(slope, got.dx.values()[i * 7 + j], 1e-5, "dx " + i + ", " + j);
      }
    }
    float[] dgamma = new float[7];
    new ScalarReduce().sumRows(3, 7, got.products.values(), dgamma);
    for (int j = 0; j < 7; j++) { // gamma is a row behind the others here
      double slope = (loss(one, 3, j, step) - loss(one, 3, j, -step)) / (2 * step);
      assertEquals(slope, dgamma[j], 1e-5, "dgamma " + j);
    }
  }

  private static double loss(Rows one, int row, int column, double step) {
    double[][] x = doubles(one.matrix(0), one);
    double[] gamma = Fill.doubles(one.row(4).values());
    (row < one.rows ? x[row] : gamma)[column] += step;
    Exact exact = new Exact(x, one.epsilon);
    double[][] dy = doubles(one.matrix(1), one);
    double sum = 0;
    for (int i = 0; i < one.rows; i++) {
      for (int j = 0; j < one.columns; j++) {
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

  private static void refused(String message, Runnable call) {
    String said = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(said.contains(message), said);
  }
}
