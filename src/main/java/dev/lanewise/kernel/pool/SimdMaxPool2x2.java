package dev.lanewise.kernel.pool;

import static dev.lanewise.kernel.pool.SimdMaxPoolAny.replaces;
import static dev.lanewise.kernel.pool.SimdMaxPoolAny.won;
import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Max-pooling of 2 × 2 windows with stride 2 and no padding: straight code over four pixels, a
 * vector of channels running along a row of windows. It takes a third of the time of {@link
 * SimdMaxPoolAny}, forward and backward (64 × 26 × 26 × 32).
 */
final class SimdMaxPool2x2 {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;

  static final PoolLoops LOOPS =
      new PoolLoops(
          call -> call.shape.isTwoByTwo(),
          SimdMaxPool2x2::pool,
          SimdMaxPool2x2::spread,
          true,
          true);

  private SimdMaxPool2x2() {}

  private static void pool(PoolCall c, int row) {
    int from = c.rowOfX(row / c.outHeight, 2 * (row % c.outHeight));
    int to = row * c.outWidth * c.ldy;
    for (int i = 0; i < c.columns; i += LANES) {
      int at = Math.min(i, c.columns - LANES);
      if (c.bias.length > 0) {
        biasReluStrip(c, from + at, to + at, c.biasOffset + at);
      } else {
        poolStrip(c, from + at, to + at);
      }
    }
  }

  private static void poolStrip(PoolCall c, int from, int to) {
    float[] x = c.x;
    float[] y = c.y;
    int[] argmax = c.argmax;
    boolean winners = argmax.length > 0;
    int ldx = c.ldx;
    int ldy = c.ldy;
    int yo = c.yo + to;
    int argmaxOffset = c.argmaxOffset + to;
    int bottom = from + c.shape.inWidth() * ldx;
    int width = c.outWidth;
    for (int ow = 0; ow < width; ow++) {
      int left = 2 * ow * ldx;
      FloatVector v0 = FloatVector.fromArray(S, x, from + left);
      FloatVector v1 = FloatVector.fromArray(S, x, from + left + ldx);
      FloatVector v2 = FloatVector.fromArray(S, x, bottom + left);
      FloatVector v3 = FloatVector.fromArray(S, x, bottom + left + ldx);
      FloatVector best1 = better(v0, v1);
      FloatVector best2 = better(best1, v2);
      better(best2, v3).intoArray(y, yo + ow * ldy);
      if (winners) {
        IntVector.zero(INTS)
            .blend(1, replaces(v1, v0).cast(INTS))
            .blend(2, replaces(v2, best1).cast(INTS))
            .blend(3, replaces(v3, best2).cast(INTS))
            .intoArray(argmax, argmaxOffset + ow * ldy);
      }
    }
  }

  /**
   * The bias is added first, since its rounding can make two pixels equal. ReLU may wait until the
   * winner is known: if that is above 0 the same pixel wins after ReLU, and if it is not, ReLU
   * makes all four +0 and the first wins. A NaN wins and stays either way.
   */
  private static void biasReluStrip(PoolCall c, int from, int to, int biasAt) {
    float[] x = c.x;
    float[] y = c.y;
    int[] argmax = c.argmax;
    boolean winners = argmax.length > 0;
    int ldx = c.ldx;
    int ldy = c.ldy;
    int yo = c.yo + to;
    int argmaxOffset = c.argmaxOffset + to;
    int bottom = from + c.shape.inWidth() * ldx;
    int width = c.outWidth;
    FloatVector bias = FloatVector.fromArray(S, c.bias, biasAt);
    for (int ow = 0; ow < width; ow++) {
      int left = 2 * ow * ldx;
      FloatVector v0 = FloatVector.fromArray(S, x, from + left).add(bias);
      FloatVector v1 = FloatVector.fromArray(S, x, from + left + ldx).add(bias);
      FloatVector v2 = FloatVector.fromArray(S, x, bottom + left).add(bias);
      FloatVector v3 = FloatVector.fromArray(S, x, bottom + left + ldx).add(bias);
      FloatVector best1 = better(v0, v1);
      FloatVector best2 = better(best1, v2);
      FloatVector best = better(best2, v3);
      VectorMask<Float> none = best.compare(VectorOperators.LE, 0f);
      best.blend(0f, none).intoArray(y, yo + ow * ldy);
      if (winners) {
        IntVector.zero(INTS)
            .blend(1, replaces(v1, v0).cast(INTS))
            .blend(2, replaces(v2, best1).cast(INTS))
            .blend(3, replaces(v3, best2).cast(INTS))
            .blend(0, none.cast(INTS))
            .intoArray(argmax, argmaxOffset + ow * ldy);
      }
    }
  }

  private static FloatVector better(FloatVector best, FloatVector v) {
    return best.blend(v, replaces(v, best));
  }

  /** A row of windows, and what lies beside and below the last window. */
  private static void spread(PoolCall c, int row) {
    int oh = row % c.outHeight;
    int inWidth = c.shape.inWidth();
    int to = c.rowOfX(row / c.outHeight, 2 * oh);
    int from = row * c.outWidth * c.ldy;
    for (int i = 0; i < c.columns; i += LANES) {
      int at = Math.min(i, c.columns - LANES);
      spreadStrip(c, from + at, to + at);
    }
    // At most one column and one row belong to no window.
    int bottom = to + inWidth * c.ldx;
    int end = bottom + inWidth * c.ldx;
    int covered = 2 * c.outWidth * c.ldx;
    Arrays.fill(c.x, to + covered, bottom, 0f);
    Arrays.fill(c.x, bottom + covered, end, 0f);
    if (2 * oh + 3 == c.shape.inHeight()) {
      Arrays.fill(c.x, end, end + inWidth * c.ldx, 0f);
    }
  }

  private static void spreadStrip(PoolCall c, int from, int to) {
    float[] x = c.x;
    float[] y = c.y;
    int[] argmax = c.argmax;
    int ldx = c.ldx;
    int ldy = c.ldy;
    int yo = c.yo + from;
    int argmaxOffset = c.argmaxOffset + from;
    int bottom = to + c.shape.inWidth() * ldx;
    int width = c.outWidth;
    for (int ow = 0; ow < width; ow++) {
      FloatVector gradient = FloatVector.fromArray(S, y, yo + ow * ldy).add(0f); // −0 gives +0
      IntVector winner = IntVector.fromArray(INTS, argmax, argmaxOffset + ow * ldy);
      int left = 2 * ow * ldx;
      won(gradient, winner, 0).intoArray(x, to + left);
      won(gradient, winner, 1).intoArray(x, to + left + ldx);
      won(gradient, winner, 2).intoArray(x, bottom + left);
      won(gradient, winner, 3).intoArray(x, bottom + left + ldx);
    }
  }
}
