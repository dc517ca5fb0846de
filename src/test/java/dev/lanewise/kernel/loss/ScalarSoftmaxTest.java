package dev.lanewise.kernel.loss;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Fill;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScalarSoftmaxTest {
  private static final float MINUS = Float.NEGATIVE_INFINITY;

  private final Softmax softmax = new ScalarSoftmax();

  private float[] softmax(int columns, float... x) {
    float[] y = new float[x.length];
    softmax.softmax(x.length / columns, columns, x, 0, columns, y, 0, columns);
    return y;
  }

  private float[] logSoftmax(int columns, float... x) {
    float[] y = new float[x.length];
    softmax.logSoftmax(x.length / columns, columns, x, 0, columns, y, 0, columns);
    return y;
  }

  private float[] losses(int columns, int[] labels, float... x) {
    float[] loss = new float[labels.length];
    softmax.crossEntropy(labels.length, columns, x, 0, columns, labels, 0, loss, 0);
    return loss;
  }

  /** log-softmax in double precision. */
  private static double[] exactLog(int columns, double[] x) {
    double[] y = new double[x.length];
    for (int from = 0; from < x.length; from += columns) {
      double max = Arrays.stream(x, from, from + columns).max().orElseThrow();
      double sum = 0;
      for (int j = from; j < from + columns; j++) {
        sum += StrictMath.exp(x[j] - max);
      }
      for (int j = from; j < from + columns; j++) {
        y[j] = x[j] - max - StrictMath.log(sum);
      }
    }
    return y;
  }

  @Test
  void againstDoublePrecision() {
    for (int columns : new int[] {1, 2, 10, 33, 1000, 5000}) {
      for (float[] shape : new float[][] {{0, 1}, {100, 1}, {-1e4f, 3}, {1e4f, 3}, {0, 1e4f}}) {
        float[] x = Fill.gaussian(columns, 4 * columns);
        for (int i = 0; i < x.length; i++) {
          x[i] = shape[0] + shape[1] * x[i];
        }
        double[] log = exactLog(columns, Fill.doubles(x));
        double[] p = Arrays.stream(log).map(StrictMath::exp).toArray();
        String what = columns + " columns around " + shape[0];
        Bits.assertClose(what, p, softmax(columns, x), 1e-5, 1e-37);
        Bits.assertClose(what, log, logSoftmax(columns, x), 1e-6, 1e-6);
        int[] labels = Fill.labels(columns, 4, columns);
        double[] loss = new double[4];
        float[] targets = new float[x.length];
        for (int i = 0; i < 4; i++) {
          loss[i] = -log[i * columns + labels[i]];
          targets[i * columns + labels[i]] = 1;
        }
        float[] got = losses(columns, labels, x);
        Bits.assertClose(what, loss, got, 1e-6, 1e-6);
        float[] dense = new float[4];
        softmax.crossEntropy(4, columns, x, 0, columns, targets, 0, columns, dense, 0);
        Bits.assertSame("one-hot targets are labels", got, dense);
        float[] dx = new float[x.length];
        float[] dx2 = new float[x.length];
        softmax.backwardCrossEntropy(
            4, columns, x, 0, columns, labels, 0, got, 0, 0.25f, dx, 0, columns);
        softmax.backwardCrossEntropy(
            4, columns, x, 0, columns, targets, 0, columns, dense, 0, 0.25f, dx2, 0, columns);
        Bits.assertSame("one-hot targets are labels", dx, dx2);
        Bits.assertSame("one-hot targets are labels", got, dense);
      }
    }
  }

  @Test
  void gradientsAgainstFiniteDifferences() {
    int columns = 7;
    float[] x = Fill.gaussian(3, 2 * columns);
    float[] w = Fill.gaussian(4, 2 * columns);
    float[] t = softmax(columns, Fill.gaussian(5, 2 * columns));
    int[] labels = {6, 2};
    float[] y = softmax(columns, x);
    float[] logY = logSoftmax(columns, x);
    float[] loss = new float[2];
    float[][] dx = new float[4][x.length];
    softmax.backwardSoftmax(2, columns, y, 0, columns, w, 0, columns, dx[0], 0, columns);
    softmax.backwardLogSoftmax(2, columns, logY, 0, columns, w, 0, columns, dx[1], 0, columns);
    softmax.backwardCrossEntropy(
        2, columns, x, 0, columns, labels, 0, loss, 0, 0.5f, dx[2], 0, columns);
    softmax.backwardCrossEntropy(
        2, columns, x, 0, columns, t, 0, columns, loss, 0, 0.5f, dx[3], 0, columns);
    double h = 1e-5;
    double[][] expected = new double[4][x.length];
    for (int i = 0; i < x.length; i++) {
      for (int side = -1; side <= 1; side += 2) {
        double[] moved = Fill.doubles(x);
        moved[i] += side * h;
        double[] log = exactLog(columns, moved);
        double[] values = new double[4];
        for (int j = 0; j < x.length; j++) {
          values[0] += w[j] * StrictMath.exp(log[j]);
          values[1] += w[j] * log[j];
          values[2] -= j % columns == labels[j / columns] ? 0.5 * log[j] : 0;
          values[3] -= 0.5 * t[j] * log[j];
        }
        for (int f = 0; f < 4; f++) {
          expected[f][i] += side * values[f] / (2 * h);
        }
      }
    }
    for (int f = 0; f < 4; f++) {
      Bits.assertClose("function " + f, expected[f], dx[f], 1e-5, 1e-6);
    }
  }

  @Test
  void rowsWithoutAnAnswerAreNaNAndSpoilNoOther() {
    float nan = Float.NaN;
    float plus = Float.POSITIVE_INFINITY;
    for (float[] bad :
        new float[][] {{MINUS, MINUS, MINUS}, {1, nan, 2}, {plus, 0, 1}, {MINUS, plus, 0}}) {
      float[] x = {1, 2, 3, bad[0], bad[1], bad[2], 3, 2, MINUS};
      float[] good = softmax(3, 1, 2, 3, 3, 2, MINUS);
      float[] y = softmax(3, x);
      Bits.assertSame("before", Arrays.copyOf(good, 3), Arrays.copyOf(y, 3));
      float[] row = Arrays.copyOfRange(y, 3, 6);
      Bits.assertSame("the row", new float[] {nan, nan, nan}, row);
      Bits.assertSame("after", Arrays.copyOfRange(good, 3, 6), Arrays.copyOfRange(y, 6, 9));
      row = Arrays.copyOfRange(logSoftmax(3, x), 3, 6);
      Bits.assertSame("the row's logarithm", new float[] {nan, nan, nan}, row);
      float[] loss = losses(3, new int[] {0, 1, 0}, x);
      assertTrue(Float.isFinite(loss[0]) && Float.isNaN(loss[1]) && Float.isFinite(loss[2]));
      float[] dx = new float[9];
      int[] labels = {0, 1, 0};
      softmax.backwardCrossEntropy(3, 3, x, 0, 3, labels, 0, loss, 0, 1f, dx, 0, 3);
      for (int i = 0; i < 9; i++) {
        assertEquals(i / 3 == 1, Float.isNaN(dx[i]), "gradient " + i);
      }
    }
  }

  @Test
  void masksAndTargetsOfZero() {
    Bits.assertSame("softmax", new float[] {0.5f, 0, 0.5f}, softmax(3, 5, MINUS, 5));
    assertEquals(MINUS, logSoftmax(3, 5, MINUS, 5)[1]);
    float[] x = {5, MINUS, 5};
    float[] loss = new float[1];
    softmax.crossEntropy(1, 3, x, 0, 3, new float[] {1, 0, 0}, 0, 3, loss, 0);
    assertEquals(0.6931472f, loss[0]);
    Bits.assertSame("loss of a masked label", Float.POSITIVE_INFINITY, losses(3, one(1), x)[0]);
    softmax.crossEntropy(1, 3, x, 0, 3, new float[3], 0, 3, loss, 0);
    Bits.assertSame("no target at all", 0f, loss[0]);
  }

  private static int[] one(int label) {
    return new int[] {label};
  }

  @Test
  void smallGradientsAreFlushed() {
    float[] x = {0, -69.5f, -68.5f, -100};
    float[] loss = new float[1];
    float[] dx = new float[4];
    softmax.backwardCrossEntropy(1, 4, x, 0, 4, one(0), 0, loss, 0, 1f, dx, 0, 4);
    Bits.assertSame("gradient", new float[] {0f, 0f, softmax(4, x)[2], 0f}, dx);
    softmax.backwardCrossEntropy(1, 4, x, 0, 4, one(0), 0, loss, 0, -0x1p-110f, dx, 0, 4);
    Bits.assertSame("all of it", new float[4], dx);
  }

  /** FR-03. */
  @Test
  void labelsOutOfRange() {
    Cases.FieldReport one = Cases.fieldReports("FR-03").get(0);
    float[] x = one.input("logits").floats();
    int[] labels = one.input("labels").ints();
    float[] out = new float[12];
    String message = "label 3 of row 1 is out of range: it must be from 0 to 2, since there are 3";
    refused(message, () -> softmax.crossEntropy(3, 3, x, 0, 3, labels, 0, out, 0));
    refused(
        message,
        () -> softmax.backwardCrossEntropy(3, 3, x, 0, 3, labels, 0, out, 0, 1, out, 3, 3));
    labels[1] = -1;
    refused("label -1 of row 1", () -> softmax.crossEntropy(3, 3, x, 0, 3, labels, 0, out, 0));
    Bits.assertSame("nothing is written", new float[12], out);
  }

  @Test
  void refusals() {
    float[] x = new float[12];
    float[] y = new float[12];
    int[] labels = new int[3];
    refused("rows is -1", () -> softmax.softmax(-1, 3, x, 0, 3, y, 0, 3));
    refused("columns is 0, but must be at least 1", () -> softmax.softmax(2, 0, x, 0, 3, y, 0, 3));
    refused("leading dimension of y is 2", () -> softmax.logSoftmax(2, 3, x, 0, 3, y, 0, 2));
    refused("x has 12 elements", () -> softmax.softmax(5, 3, x, 0, 3, y, 0, 3));
    refused("y has 12 elements", () -> softmax.softmax(4, 3, x, 0, 3, y, 1, 3));
    refused("y (elements 1 to 6) overlaps x", () -> softmax.softmax(2, 3, x, 0, 3, x, 1, 3));
    refused("overlaps x", () -> softmax.softmax(2, 3, x, 0, 3, x, 0, 4));
    refused(
        "dx (elements 3 to 8) overlaps dy",
        () -> softmax.backwardSoftmax(2, 3, y, 0, 3, x, 0, 3, x, 3, 3));
    refused(
        "dx (elements 3 to 8) overlaps y",
        () -> softmax.backwardLogSoftmax(2, 3, x, 0, 3, y, 0, 3, x, 3, 3));
    refused("loss has 12", () -> softmax.crossEntropy(2, 3, x, 0, 3, labels, 0, y, 11));
    refused("loss (elem", () -> softmax.crossEntropy(2, 3, x, 0, 3, labels, 0, x, 5));
    refused("labels has 3", () -> softmax.crossEntropy(2, 3, x, 0, 3, labels, 2, y, 0));
    refused("classes is 0", () -> softmax.crossEntropy(2, 0, x, 0, 3, labels, 0, y, 0));
    refused("loss (elem", () -> softmax.crossEntropy(2, 3, x, 0, 3, y, 0, 3, y, 5));
    refused(
        "dx (elements 0 to 5) overlaps loss",
        () -> softmax.backwardCrossEntropy(2, 3, x, 0, 3, labels, 0, y, 0, 1, y, 0, 3));
    refused(
        "dx (elements 1 to 6) overlaps targets",
        () -> {
          float[] loss = new float[2];
          softmax.backwardCrossEntropy(2, 3, x, 0, 3, y, 0, 3, loss, 0, 1, y, 1, 3);
        });
    Bits.assertSame("nothing is written", new float[12], x);
    Bits.assertSame("nothing is written", new float[12], y);
    softmax.softmax(0, 0, x, 0, 1, y, 0, 1);
  }
}
