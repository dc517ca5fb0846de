package dev.lanewise.kernel.pool;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.kernel.pointwise.ScalarPointwise;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.BothTwins;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Fill;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The definition against an independent formula and field reports; both twins. */
class ScalarMaxPool2dTest {
  private static final class Result {
    private final float[] y;
    private final int[] argmax;

    Result(int n) {
      y = new float[n];
      argmax = new int[n];
    }
  }

  /** Padded copies in double, with −∞ around them, and a gradient that scatters. */
  @BothTwins
  void agreesWithPaddingAndScattering(MaxPool2d twin) {
    Pool2dShape[] shapes = {
      Pool2dShape.valid(2, 26, 26, 32, 2, 2),
      Pool2dShape.valid(1, 7, 5, 3, 2, 2),
      Pool2dShape.same(2, 7, 9, 5, 3, 2, 2, 1),
      new Pool2dShape(2, 6, 5, 37, 3, 4, 1, 2, 2, 0, 1, 3),
      new Pool2dShape(1, 9, 9, 2, 2, 3, 4, 4, 0, 0, 0, 0),
    };
    for (Pool2dShape shape : shapes) {
      float[] x = Fill.gaussian(1, shape.inElements());
      float[] dy = Fill.gaussian(2, shape.outElements());
      double[] y = new double[shape.outElements()];
      double[] dx = new double[shape.inElements()];
      reference(shape, x, y, dy, dx);
      Result result = forward(twin, shape, x);
      Bits.assertClose(shape + " y", y, result.y, 0, 0);
      Bits.assertClose(shape + " dx", dx, backward(twin, shape, dy, result.argmax), 1e-6, 1e-6);
      Bits.assertNotMostlyZero("y", result.y);
    }
  }

  private static void reference(Pool2dShape shape, float[] x, double[] y, float[] dy, double[] dx) {
    int c = shape.channels();
    int at = 0;
    for (int n = 0; n < shape.batch(); n++) {
      for (int oh = 0; oh < shape.outHeight(); oh++) {
        for (int ow = 0; ow < shape.outWidth(); ow++) {
          for (int k = 0; k < c; k++, at++) {
            double best = Double.NEGATIVE_INFINITY;
            int winner = -1;
            int top = oh * shape.strideHeight() - shape.padTop();
            int left = ow * shape.strideWidth() - shape.padLeft();
            for (int p = 0; p < shape.windowHeight() * shape.windowWidth(); p++) {
              int ih = top + p / shape.windowWidth();
              int iw = left + p % shape.windowWidth();
              boolean real = ih >= 0 && iw >= 0 && ih < shape.inHeight() && iw < shape.inWidth();
              int from = ((n * shape.inHeight() + ih) * shape.inWidth() + iw) * c + k;
              if (real && x[from] > best) {
                best = x[from];
                winner = from;
              }
            }
            y[at] = best;
            dx[winner] += dy[at];
          }
        }
      }
    }
  }

  /** Without ties the gradient is the slope of sum(dy · y). */
  @BothTwins
  void gradientAgreesWithFiniteDifferences(MaxPool2d twin) {
    Pool2dShape shape = Pool2dShape.same(1, 5, 6, 3, 3, 2, 1, 2);
    float[] x = new float[shape.inElements()];
    float[] order = Fill.gaussian(3, x.length);
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.round(order[i] * 1000); // far apart: a step of 1/4 changes no winner
    }
    float[] dy = Fill.gaussian(4, shape.outElements());
    float[] dx = backward(twin, shape, dy, forward(twin, shape, x).argmax);
    for (int i = 0; i < x.length; i++) {
      float middle = x[i];
      x[i] = middle + 0.25f;
      double above = weighted(forward(twin, shape, x).y, dy);
      x[i] = middle - 0.25f;
      double below = weighted(forward(twin, shape, x).y, dy);
      x[i] = middle;
      assertEquals((above - below) / 0.5, dx[i], 1e-4, "element " + i);
    }
  }

  private static double weighted(float[] y, float[] dy) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += (double) y[i] * dy[i];
    }
    return sum;
  }

  /** FR-05 (NaN), FR-14 (overlapping windows), FR-15 (ties). */
  @BothTwins
  void reportedFaults(MaxPool2d twin) {
    for (String report : new String[] {"FR-05", "FR-14", "FR-15"}) {
      for (Cases.FieldReport one : Cases.fieldReports(report)) {
        Cases.Tensor x = one.input("x");
        Pool2dShape shape = Cases.pool(one.attrs(), x);
        Result result = forward(twin, shape, x.toNhwc().floats());
        Bits.assertSame(one.id(), one.output("y").toNhwc().floats(), result.y);
        if (one.inputs().has("grad_output")) {
          float[] dy = one.input("grad_output").toNhwc().floats();
          Bits.assertSame(
              one.id() + " gradient",
              one.output("grad_x").toNhwc().floats(),
              backward(twin, shape, dy, result.argmax));
        }
      }
    }
    Result zeros = forward(twin, Pool2dShape.valid(1, 4, 4, 33, 2, 2), new float[16 * 33]);
    assertArrayEquals(new int[4 * 33], zeros.argmax, "the first of equal zeros wins");
  }

  @BothTwins
  void theFirstNanAndTheFirstZeroWin(MaxPool2d twin) {
    float nan = Float.NaN;
    float[][] windows = {
      {1, nan, 5, nan}, {nan, 1, nan, 2}, {-0f, 0f, -0f, 0f}, {0f, -0f, -1, 0f}, {2, 3, 3, 1},
    };
    int[] winners = {1, 0, 0, 0, 1};
    for (int channels : new int[] {1, 3, 16, 37}) {
      for (int i = 0; i < windows.length; i++) {
        float[] x = new float[4 * channels];
        for (int j = 0; j < x.length; j++) {
          x[j] = windows[i][j / channels];
        }
        for (int pad : new int[] {0, 1}) { // a path of its own, and the general one
          Pool2dShape shape = new Pool2dShape(1, 2, 2, channels, 2, 2, 2, 2, 0, pad, 0, pad);
          Result result = forward(twin, shape, x);
          for (int c = 0; c < channels; c++) {
            assertEquals(winners[i], result.argmax[c], "window " + i + ", channel " + c);
            Bits.assertSame("window " + i, windows[i][winners[i]], result.y[c]);
          }
        }
      }
    }
  }

  @BothTwins
  void aGradientOfNegativeZeroGivesZero(MaxPool2d twin) {
    for (int window : new int[] {2, 3}) {
      Pool2dShape shape = Pool2dShape.valid(1, 6, 6, 5, window, window);
      float[] dy = new float[shape.outElements()];
      Arrays.fill(dy, -0f);
      float[] dx = backward(twin, shape, dy, new int[dy.length]);
      Bits.assertSame("dx", new float[dx.length], dx);
    }
  }

  /** As many channels as a vector may have, so that the SIMD twin does one of the two itself. */
  @BothTwins
  void twoBiasesWithReluMayComeBeforeIt(MaxPool2d twin) {
    Pool2dShape shape = Pool2dShape.valid(1, 4, 4, 32, 2, 2);
    Activation activation = new ScalarPointwise();
    float[] x = Fill.gaussian(1, 512);
    float[] first = Fill.gaussian(2, 32);
    float[] second = Fill.gaussian(3, 32);
    float[] relu = new float[512];
    activation.addBiasRelu(16, 32, x, first, relu);
    activation.addBiasRelu(16, 32, relu, second, relu);
    Result expected = forward(twin, shape, relu);
    float[] y = new float[128];
    int[] argmax = new int[128];
    twin.tiles(shape, y, 0, argmax, 0, null)
        .behind(activation.biasReluTiles(second, 0))
        .behind(activation.biasReluTiles(first, 0))
        .accept(x.clone(), 0, 32, 0, 16, 0, 32);
    Bits.assertSame("y", expected.y, y);
    assertArrayEquals(expected.argmax, argmax);
    TileConsumer tooFew =
        twin.tiles(shape, y, 0, argmax, 0, null).behind(activation.biasReluTiles(new float[31], 0));
    refused("bias has 31 elements", () -> tooFew.accept(x, 0, 32, 0, 16, 0, 32));
    Bits.assertSame("y after a refused call", expected.y, y);
  }

  @BothTwins
  void refusals(MaxPool2d twin) {
    Pool2dShape shape = Pool2dShape.valid(1, 4, 4, 3, 2, 2);
    float[] x = Fill.gaussian(1, 48);
    float[] before = x.clone();
    float[] y = new float[12];
    int[] argmax = new int[12];
    refused("x has 48", () -> twin.forward(shape, x, 1, y, 0, argmax, 0));
    refused("y has 12", () -> twin.forward(shape, x, 0, y, 1, argmax, 0));
    refused("argmax has 12", () -> twin.forward(shape, x, 0, y, 0, argmax, 1));
    refused("y (elements 20 to 31) overlaps x", () -> twin.forward(shape, x, 0, x, 20, null, 0));
    refused("dy has 12", () -> twin.backward(shape, y, 1, argmax, 0, x, 0));
    refused("argmax has 12", () -> twin.backward(shape, y, 0, argmax, 2, x, 0));
    refused("dx has 48", () -> twin.backward(shape, y, 0, argmax, 0, x, 3));
    refused("dx (elements 0 to 47) overlaps dy", () -> twin.backward(shape, x, 7, argmax, 0, x, 0));
    refused("y has 12", () -> twin.tiles(shape, y, 1, argmax, 0, null));
    refused("argmax has 12", () -> twin.tiles(shape, y, 0, argmax, 1, null));
    Pool2dShape overlapping = Pool2dShape.valid(1, 4, 4, 3, 3, 1);
    refused("shape is Pool2dShape[", () -> twin.tiles(overlapping, y, 0, argmax, 0, null));
    TileConsumer pairs = twin.tiles(shape, y, 0, null, 0, null);
    assertEquals(8, pairs.rowMultiple());
    refused("next has a row multiple of 8", () -> twin.tiles(shape, y, 0, argmax, 0, pairs));
    refused("the tile has the rows 4 to 11", () -> pairs.accept(x, 0, 3, 4, 8, 0, 3));
    refused("the tile has the rows 0 to 3", () -> pairs.accept(x, 0, 3, 0, 4, 0, 3));
    refused("the tile has the rows 0 to 6", () -> pairs.accept(x, 0, 3, 0, 7, 0, 3));
    assertArrayEquals(before, x, "a refused call wrote something");
    assertArrayEquals(new float[12], y, "a refused call wrote something");
    twin.forward(shape.withBatch(0), x, 48, y, 12, null, 0);
  }

  @Test
  void refusesAPaddedImageBeyondInts() {
    int window = Integer.MAX_VALUE;
    refused(
        "the padded image's height is 5368709116",
        () -> new Pool2dShape(1, 1 << 30, 1, 1, window, 1, 1, 1, window - 1, window - 1, 0, 0));
  }

  /** A stride beyond the image is one window an image, also behind a convolution. */
  @BothTwins
  void takesAnyStride(MaxPool2d twin) {
    Pool2dShape shape = Pool2dShape.valid(2, 4, 5, 3, 2, 1 << 30);
    float[] x = Fill.gaussian(5, shape.inElements());
    Result whole = forward(twin, shape, x);
    Result tiled = new Result(shape.outElements());
    TileConsumer consumer = twin.tiles(shape, tiled.y, 0, tiled.argmax, 0, null);
    assertEquals(4 * 5, consumer.rowMultiple());
    consumer.accept(x, 0, 3, 0, 20, 0, 3);
    consumer.accept(x, 60, 3, 20, 20, 0, 3);
    assertArrayEquals(whole.y, tiled.y);
    assertArrayEquals(whole.argmax, tiled.argmax);
    assertEquals(2 * 3, whole.y.length);
    assertEquals(Math.max(Math.max(x[0], x[3]), Math.max(x[15], x[18])), whole.y[0]);
    backward(twin, shape, whole.y, whole.argmax);
    Pool2dShape empty = Pool2dShape.valid(0, 1 << 20, 1 << 20, 3, 2, 1 << 30);
    assertEquals(
        Integer.MAX_VALUE, twin.tiles(empty, new float[0], 0, null, 0, null).rowMultiple());
  }

  private static Result forward(MaxPool2d twin, Pool2dShape shape, float[] x) {
    Result result = new Result(shape.outElements());
    twin.forward(shape, x, 0, result.y, 0, result.argmax, 0);
    return result;
  }

  private static float[] backward(MaxPool2d twin, Pool2dShape shape, float[] dy, int[] argmax) {
    float[] dx = new float[shape.inElements()];
    Arrays.fill(dx, 99);
    twin.backward(shape, dy, 0, argmax, 0, dx, 0);
    return dx;
  }
}
