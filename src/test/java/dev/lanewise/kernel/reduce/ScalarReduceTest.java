package dev.lanewise.kernel.reduce;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.ReductionRule;
import dev.lanewise.testing.Teams;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalarReduceTest {
  private final Reduce reduce = new ScalarReduce();

  @Test
  void emptyReductions() {
    float[] none = {};
    Bits.assertSame("sum", 0f, reduce.sum(0, none, 0));
    Bits.assertSame("dot", 0f, reduce.dot(0, none, 0, none, 0));
    assertEquals(0.0, reduce.squaredNormInDouble(0, none, 0));
    Bits.assertSame("max", Float.NEGATIVE_INFINITY, reduce.max(0, none, 0));
    float[] y = {1, 2, 3};
    reduce.sumRows(0, 3, none, 0, 3, y, 0);
    Bits.assertSame("sumRows", new float[3], y);
    reduce.sumRows(5, 0, none, 0, 1, none, 0);
  }

  /** The row of docs/arithmetic.md: its sum by the rule, and other bits from left to right. */
  @Test
  void theWorkedExample() {
    float[] row = {0.1f, 0.7f, 0.3f, 0.9f, 0.4f};
    for (Reduce twin : List.of(reduce, new SimdReduce(Teams.of(1)))) {
      float sum = twin.sum(5, row, 0);
      assertEquals(0x40199999, Float.floatToIntBits(sum));
      assertEquals(0x3ef5c28e, Float.floatToIntBits(sum / 5));
    }
    float fromTheLeft = 0;
    for (float element : row) {
      fromTheLeft += element;
    }
    assertEquals(0x4019999a, Float.floatToIntBits(fromTheLeft));
    assertEquals(0x3ef5c290, Float.floatToIntBits(fromTheLeft / 5));
  }

  @Test
  void againstDoublePrecision() {
    for (int n : new int[] {1, 2, 31, 32, 33, 100, 4096, 4097, 50_001}) {
      float[] x = Fill.gaussian(n, n + 3);
      float[] y = Fill.gaussian(-n, n + 5);
      double sum = 0;
      double absolute = 0;
      double dot = 0;
      double norm = 0;
      double max = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < n; i++) {
        sum += x[3 + i];
        absolute += Math.abs(x[3 + i]);
        dot += (double) x[3 + i] * y[5 + i];
        norm += (double) x[3 + i] * x[3 + i];
        max = Math.max(max, x[3 + i]);
      }
      assertEquals(sum, reduce.sum(n, x, 3), 1e-6 * absolute, "sum of " + n);
      assertEquals(dot, reduce.dot(n, x, 3, y, 5), 1e-6 * (norm + 1), "dot of " + n);
      assertEquals(norm, reduce.squaredNorm(n, x, 3), 1e-6 * norm, "norm of " + n);
      assertEquals((float) max, reduce.max(n, x, 3), "max of " + n);
      assertEquals((float) max, x[3 + reduce.argMax(n, x, 3)], "argMax of " + n);
    }
  }

  @Test
  void sumByTheRule() {
    for (int n : new int[] {1, 31, 32, 33, 1000, 4096, 4097, 8192, 100_000}) {
      float[] x = Fill.gaussian(n, n);
      Bits.assertSame("sum of " + n, ReductionRule.sum(x), reduce.sum(n, x, 0));
      float[] y = new float[2];
      reduce.sumRows(n, 1, x, 0, 1, y, 1);
      Bits.assertSame("sumRows of " + n, ReductionRule.sum(x), y[1]);
    }
  }

  /** The same rule in double. */
  private static double byTheRuleInDouble(double[] elements) {
    int blocks = (elements.length + 4095) / 4096;
    double[] results = new double[blocks];
    for (int b = 0; b < blocks; b++) {
      double[] lane = new double[32];
      for (int i = 0; i < 4096 && b * 4096 + i < elements.length; i++) {
        lane[i % 32] = lane[i % 32] + elements[b * 4096 + i];
      }
      for (int step : new int[] {16, 8, 4, 2, 1}) {
        for (int l = 0; l < step; l++) {
          lane[l] = lane[l] + lane[l + step];
        }
      }
      results[b] = lane[0];
    }
    return blocks == 1 ? results[0] : byTheRuleInDouble(results);
  }

  @Test
  void normInDoubleByTheRule() {
    for (int n : new int[] {1, 5, 31, 32, 33, 1000, 4096, 4097, 8192, 100_000, 200_000}) {
      float[] x = Fill.gaussian(n, n + 3);
      double[] squares = new double[n];
      for (int i = 0; i < n; i++) {
        squares[i] = (double) x[3 + i] * x[3 + i];
      }
      assertEquals(byTheRuleInDouble(squares), reduce.squaredNormInDouble(n, x, 3), "of " + n);
    }
    int blocks = 3 * 4096 + 5;
    double[] results = new double[blocks];
    for (int b = 0; b < blocks; b++) {
      results[b] = 1 / (b + 3.0);
    }
    assertEquals(byTheRuleInDouble(results.clone()), new Lanes().total(results, blocks));
  }

  @Test
  void normInDoubleNeitherOverflowsNorUnderflows() {
    float[] huge = {Float.MAX_VALUE, -Float.MAX_VALUE, 1};
    double square = (double) Float.MAX_VALUE * Float.MAX_VALUE;
    assertEquals(2 * square, reduce.squaredNormInDouble(3, huge, 0));
    float[] tiny = {Float.MIN_VALUE, 0, -Float.MIN_VALUE};
    assertEquals(0x1p-297, reduce.squaredNormInDouble(3, tiny, 0));
    float[] infinite = {1, Float.NEGATIVE_INFINITY};
    assertEquals(Double.POSITIVE_INFINITY, reduce.squaredNormInDouble(2, infinite, 0));
    float[] none = {1, Float.NaN, Float.POSITIVE_INFINITY};
    assertEquals(Double.NaN, reduce.squaredNormInDouble(3, none, 0));
  }

  /** So many blocks that their results are blocks again, without an array of that many elements. */
  @Test
  void sumsOfBlocksByTheRule() {
    for (int blocks : new int[] {1, 2, 33, 4095, 4096, 4097, 3 * 4096, 3 * 4096 + 5, 140_000}) {
      float[] results = Fill.gaussian(blocks, blocks);
      Lanes lanes = new Lanes();
      for (int time = 0; time < 2; time++) { // an instance is used again and again
        lanes.begin();
        for (float result : results) {
          lanes.add(result);
        }
        Bits.assertSame(blocks + " blocks", ReductionRule.sum(results), lanes.total());
      }
    }
  }

  @Test
  void laneOfDotProductStaysNegativeZero() {
    float[] x = new float[32];
    float[] y = new float[32];
    Arrays.fill(x, -1e-30f);
    Arrays.fill(y, 1e-30f);
    Bits.assertSame("dot", -0f, reduce.dot(32, x, 0, y, 0));
    Bits.assertSame("dot with a lane of +0", 0f, reduce.dot(31, x, 0, y, 0));
  }

  @Test
  void maximumAsMathMaxCompares() {
    assertMax(Float.NaN, 1, 1, Float.NaN, 3, Float.NaN);
    assertMax(3, 2, 1, -2, 3, 3);
    assertMax(0f, 0, -0f, 0f);
    assertMax(0f, 0, 0f, -0f);
    assertMax(-0f, 0, -0f, -0f);
    assertMax(Float.NEGATIVE_INFINITY, 0, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY);
    assertMax(Float.POSITIVE_INFINITY, 1, 1, Float.POSITIVE_INFINITY);
  }

  private void assertMax(float max, int first, float... values) {
    Bits.assertSame(Arrays.toString(values), max, reduce.max(values.length, values, 0));
    assertEquals(first, reduce.argMax(values.length, values, 0), Arrays.toString(values));
  }

  @Test
  void longSums() {
    for (Cases.FieldReport report : Cases.fieldReports("FR-25")) {
      float[] x = report.input("x").floats();
      float[] sum = {reduce.sum(x.length, x, 0)};
      double[] expected = report.output("sum").data();
      Bits.assertClose(report.id(), expected, sum, report.rtol(), report.atol());
      reduce.sumRows(x.length, 1, x, 0, 1, sum, 0);
      Bits.assertClose(report.id(), expected, sum, report.rtol(), report.atol());
    }
    int n = 20_000_000;
    float[] ones = new float[n];
    Arrays.fill(ones, 1f);
    float[] mean = new float[1];
    reduce.sumRows(n, 1, ones, 0, 1, mean, 0);
    assertEquals(1f, mean[0] / n);
    assertEquals(1f, reduce.sum(n, ones, 0) / n);
    assertEquals(1f, reduce.squaredNorm(n, ones, 0) / n);
  }

  @Test
  void sumRowsAgainstDoublePrecision() {
    int rows = 4100;
    int columns = 1030;
    int ld = 1033;
    float[] x = Fill.gaussian(1, rows * ld + 2);
    double[] sums = new double[columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        sums[j] += x[2 + i * ld + j];
      }
    }
    float[] y = new float[columns];
    reduce.sumRows(rows, columns, x, 2, ld, y, 0);
    Bits.assertClose("sumRows", sums, y, 1e-6, 1e-3);
  }

  @Test
  void refusals() {
    float[] x = new float[10];
    refused("n is -1, but must be at least 0", () -> reduce.sum(-1, x, 0));
    refused("n is 0, but must be at least 1", () -> reduce.argMax(0, x, 0));
    refused("xOffset is -1, but must not be negative", () -> reduce.max(1, x, -1));
    refused("x has 10 elements, but 8 from offset 3 are needed", () -> reduce.sum(8, x, 3));
    refused(
        "x has 10 elements, but 8 from offset 3 are needed",
        () -> reduce.squaredNormInDouble(8, x, 3));
    refused("y has 10 elements, but 8 from offset 4", () -> reduce.dot(8, x, 0, x, 4));
    refused("rows is -1", () -> reduce.sumRows(-1, 2, x, 0, 2, new float[2], 0));
    refused("columns is -2", () -> reduce.sumRows(1, -2, x, 0, 2, new float[2], 0));
    refused("leading dimension of x is 1", () -> reduce.sumRows(2, 2, x, 0, 1, new float[2], 0));
    refused("x has 10 elements", () -> reduce.sumRows(4, 3, x, 0, 3, new float[3], 0));
    refused("y has 2 elements", () -> reduce.sumRows(2, 3, x, 0, 3, new float[2], 0));
    refused("y (elements 5 to 7) overlaps x", () -> reduce.sumRows(2, 3, x, 0, 3, x, 5));
    Bits.assertSame("nothing is written", new float[10], x);
    reduce.sumRows(2, 3, x, 0, 3, x, 6);
  }
}
