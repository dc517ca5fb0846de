package dev.lanewise.kernel.pool;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The hot loops of 2 × 2 windows with stride 2 and no padding: straight code over four taps, a
 * strip of channels (one vector) running along the row of windows.
 */
final class SimdPairs {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;

  private SimdPairs() {}

  /** As {@link MaxPoolTiles.Row#pool}. */
  static void poolRow(
      Pool2dShape shape,
      int oh,
      int column,
      int channels,
      float[] x,
      int xOffset,
      int ldx,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset) {
    int width = shape.inWidth() / 2;
    int ldy = shape.channels();
    int top = xOffset + 2 * oh * shape.inWidth() * ldx;
    int bottom = top + shape.inWidth() * ldx;
    int whole = VectorWidth.wholeVectors(channels);
    for (int c = 0; c < whole; c += LANES) {
      if (taps == null) {
        poolStrip(width, x, top + c, bottom + c, ldx, y, yOffset + c, ldy);
      } else {
        poolStrip(width, x, top + c, bottom + c, ldx, y, yOffset + c, ldy, taps, tapsOffset + c);
      }
    }
    if (whole < channels) {
      poolElements(
          width,
          channels - whole,
          x,
          top + whole,
          bottom + whole,
          ldx,
          y,
          yOffset + whole,
          ldy,
          taps,
          tapsOffset + whole);
    }
  }

  /**
   * {@link SimdWindows#replaces} written out, since a helper that the compiler did not inline would
   * make objects of its vectors.
   */
  private static void poolStrip(
      int width, float[] x, int top, int bottom, int ldx, float[] y, int yOffset, int ldy) {
    for (int ow = 0; ow < width; ow++) {
      int left = 2 * ow * ldx;
      FloatVector best = FloatVector.fromArray(S, x, top + left);
      FloatVector v = FloatVector.fromArray(S, x, top + left + ldx);
      VectorMask<Float> m =
          best.compare(VectorOperators.EQ, best).andNot(v.compare(VectorOperators.LE, best));
      best = best.blend(v, m);
      v = FloatVector.fromArray(S, x, bottom + left);
      m = best.compare(VectorOperators.EQ, best).andNot(v.compare(VectorOperators.LE, best));
      best = best.blend(v, m);
      v = FloatVector.fromArray(S, x, bottom + left + ldx);
      m = best.compare(VectorOperators.EQ, best).andNot(v.compare(VectorOperators.LE, best));
      best = best.blend(v, m);
      best.intoArray(y, yOffset + ow * ldy);
    }
  }

  private static void poolStrip(
      int width,
      float[] x,
      int top,
      int bottom,
      int ldx,
      float[] y,
      int yOffset,
      int ldy,
      int[] taps,
      int tapsOffset) {
    for (int ow = 0; ow < width; ow++) {
      int left = 2 * ow * ldx;
      FloatVector v0 = FloatVector.fromArray(S, x, top + left);
      FloatVector v1 = FloatVector.fromArray(S, x, top + left + ldx);
      FloatVector v2 = FloatVector.fromArray(S, x, bottom + left);
      FloatVector v3 = FloatVector.fromArray(S, x, bottom + left + ldx);
      FloatVector best1 = better(v0, v1);
      FloatVector best2 = better(best1, v2);
      better(best2, v3).intoArray(y, yOffset + ow * ldy);
      IntVector.zero(INTS)
          .blend(1, SimdWindows.replaces(v1, v0).cast(INTS))
          .blend(2, SimdWindows.replaces(v2, best1).cast(INTS))
          .blend(3, SimdWindows.replaces(v3, best2).cast(INTS))
          .intoArray(taps, tapsOffset + ow * ldy);
    }
  }

  private static void poolElements(
      int width,
      int channels,
      float[] x,
      int top,
      int bottom,
      int ldx,
      float[] y,
      int yOffset,
      int ldy,
      int @Nullable [] taps,
      int tapsOffset) {
    for (int ow = 0; ow < width; ow++) {
      for (int c = 0; c < channels; c++) {
        int left = 2 * ow * ldx + c;
        float best = x[top + left];
        int tap = 0;
        for (int t = 1; t < 4; t++) {
          float v = x[(t < 2 ? top : bottom) + left + t % 2 * ldx];
          if (SimdWindows.replaces(v, best)) {
            best = v;
            tap = t;
          }
        }
        y[yOffset + ow * ldy + c] = best;
        if (taps != null) {
          taps[tapsOffset + ow * ldy + c] = tap;
        }
      }
    }
  }

  private static FloatVector better(FloatVector best, FloatVector v) {
    return best.blend(v, SimdWindows.replaces(v, best));
  }

  /**
   * The gradient of the two input rows under a row of windows, and of what lies beside and below
   * the last window.
   *
   * @param oh which row of windows of the image
   * @param dyOffset where the image's gradient begins
   * @param tapsOffset where the image's winners begin
   * @param dxOffset where the image's input gradient begins
   */
  static void spreadRow(
      Pool2dShape shape,
      int oh,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int dxOffset) {
    int channels = shape.channels();
    int width = shape.inWidth() / 2;
    int rowElements = shape.inWidth() * channels;
    int out = oh * width * channels;
    int top = dxOffset + 2 * oh * rowElements;
    int bottom = top + rowElements;
    int whole = VectorWidth.wholeVectors(channels);
    for (int c = 0; c < whole; c += LANES) {
      spreadStrip(
          width,
          channels,
          dy,
          dyOffset + out + c,
          taps,
          tapsOffset + out + c,
          dx,
          top + c,
          bottom + c);
    }
    if (whole < channels) {
      spreadElements(
          width,
          channels,
          channels - whole,
          dy,
          dyOffset + out + whole,
          taps,
          tapsOffset + out + whole,
          dx,
          top + whole,
          bottom + whole);
    }
    // At most one column and one row belong to no window.
    Arrays.fill(dx, top + 2 * width * channels, top + rowElements, 0f);
    Arrays.fill(dx, bottom + 2 * width * channels, bottom + rowElements, 0f);
    if (2 * oh + 3 == shape.inHeight()) {
      Arrays.fill(dx, bottom + rowElements, bottom + 2 * rowElements, 0f);
    }
  }

  private static void spreadStrip(
      int width,
      int ld,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int top,
      int bottom) {
    for (int ow = 0; ow < width; ow++) {
      FloatVector gradient = FloatVector.fromArray(S, dy, dyOffset + ow * ld);
      IntVector tap = IntVector.fromArray(INTS, taps, tapsOffset + ow * ld);
      int left = 2 * ow * ld;
      SimdWindows.won(gradient, tap, 0).intoArray(dx, top + left);
      SimdWindows.won(gradient, tap, 1).intoArray(dx, top + left + ld);
      SimdWindows.won(gradient, tap, 2).intoArray(dx, bottom + left);
      SimdWindows.won(gradient, tap, 3).intoArray(dx, bottom + left + ld);
    }
  }

  private static void spreadElements(
      int width,
      int ld,
      int channels,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int top,
      int bottom) {
    for (int ow = 0; ow < width; ow++) {
      for (int c = 0; c < channels; c++) {
        float gradient = 0f + dy[dyOffset + ow * ld + c]; // −0 gives +0
        int tap = taps[tapsOffset + ow * ld + c];
        int left = 2 * ow * ld + c;
        dx[top + left] = tap == 0 ? gradient : 0f;
        dx[top + left + ld] = tap == 1 ? gradient : 0f;
        dx[bottom + left] = tap == 2 ? gradient : 0f;
        dx[bottom + left + ld] = tap == 3 ? gradient : 0f;
      }
    }
  }
}
