package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Multiples;

/** The argument checks of both twins: the same sentence from either, before anything is written. */
final class Conv2dArguments {
  private Conv2dArguments() {}

  static void forward(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
    forwardTiles(shape, x, xOffset, w, wOffset);
    Check.range("y", y, yOffset, shape.outElements());
    Check.disjoint("y", y, yOffset, shape.outElements(), "x", x, xOffset, shape.inElements());
    Check.disjoint("y", y, yOffset, shape.outElements(), "w", w, wOffset, shape.weightElements());
  }

  static void forwardTiles(Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset) {
    Check.given("shape", shape);
    Check.range("x", x, xOffset, shape.inElements());
    Check.range("w", w, wOffset, shape.weightElements());
  }

  static void backwardInput(
      Conv2dShape shape,
      float[] dy,
      int dyOffset,
      float[] w,
      int wOffset,
      float[] dx,
      int dxOffset) {
    Check.given("shape", shape);
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("w", w, wOffset, shape.weightElements());
    Check.range("dx", dx, dxOffset, shape.inElements());
    Check.disjoint("dx", dx, dxOffset, shape.inElements(), "dy", dy, dyOffset, shape.outElements());
    Check.disjoint("dx", dx, dxOffset, shape.inElements(), "w", w, wOffset, shape.weightElements());
  }

  static void backwardWeights(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      float[] dw,
      int dwOffset) {
    Check.given("shape", shape);
    Check.range("x", x, xOffset, shape.inElements());
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("dw", dw, dwOffset, shape.weightElements());
    Check.disjoint("dw", dw, dwOffset, shape.weightElements(), "x", x, xOffset, shape.inElements());
    Check.disjoint(
        "dw", dw, dwOffset, shape.weightElements(), "dy", dy, dyOffset, shape.outElements());
  }

  static void backwardBias(Conv2dShape shape, float[] dy, int dyOffset, float[] db, int dbOffset) {
    Check.given("shape", shape);
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("db", db, dbOffset, shape.filters());
    Check.disjoint("db", db, dbOffset, shape.filters(), "dy", dy, dyOffset, shape.outElements());
  }

  static void backwardWeightsPooled(
      Conv2dShape shape,
      Pool2dShape window,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dw,
      int dwOffset) {
    Check.given("shape", shape);
    Check.given("window", window);
    if (window.batch() != shape.batch()
        || window.inHeight() != shape.outHeight()
        || window.inWidth() != shape.outWidth()
        || window.channels() != shape.filters()) {
      throw new IllegalArgumentException(
          "window is " + window + ", but must pool what the convolution " + shape + " puts out");
    }
    int weights = shape.weightElements();
    Check.range("x", x, xOffset, shape.inElements());
    pooled(window, dy, dyOffset, taps, tapsOffset);
    Check.range("dw", dw, dwOffset, weights);
    Check.disjoint("dw", dw, dwOffset, weights, "x", x, xOffset, shape.inElements());
    Check.disjoint("dw", dw, dwOffset, weights, "dy", dy, dyOffset, window.outElements());
  }

  static void backwardBiasPooled(
      Pool2dShape window,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] db,
      int dbOffset) {
    pooled(window, dy, dyOffset, taps, tapsOffset);
    int channels = window.channels();
    Check.range("db", db, dbOffset, channels);
    Check.disjoint("db", db, dbOffset, channels, "dy", dy, dyOffset, window.outElements());
  }

  private static void pooled(
      Pool2dShape window, float[] dy, int dyOffset, int[] taps, int tapsOffset) {
    Check.given("window", window);
    Check.range("dy", dy, dyOffset, window.outElements());
    Check.range("taps", taps, tapsOffset, window.outElements());
  }

  /**
   * Returns how many output rows a tile holds: as many as {@code elements} floats take, in whole
   * multiples of what the consumer asks for, at least one multiple and at most an image.
   *
   * @param rowMultiple the consumer's, in pixels; tiles are whole output rows, so that their least
   *     common multiple counts
   */
  static int tileRows(Conv2dShape shape, int rowMultiple, int elements) {
    int height = shape.outHeight();
    int width = shape.outWidth();
    int unit = rowMultiple / Multiples.greatestCommonDivisor(rowMultiple, width);
    if (unit >= height) {
      return height;
    }
    long fit = elements / ((long) width * shape.filters());
    return (int) Math.min(height, Math.max(unit, fit - fit % unit));
  }
}
