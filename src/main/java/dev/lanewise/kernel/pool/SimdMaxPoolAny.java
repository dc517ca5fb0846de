package dev.lanewise.kernel.pool;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Max-pooling of any window, stride and padding, a vector of a pixel's channels at a time. The last
 * vector ends at the last channel: it may compute some of the one before it once more.
 */
final class SimdMaxPoolAny {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;

  static final PoolLoops LOOPS =
      new PoolLoops(call -> true, SimdMaxPoolAny::pool, SimdMaxPoolAny::gather, false, false);

  private SimdMaxPoolAny() {}

  /** Whether v takes best's place: v &gt; best, or v is NaN and best is not. */
  static VectorMask<Float> replaces(FloatVector v, FloatVector best) {
    // Where best is a number, "v > best or v is NaN" is "not v <= best".
    return best.compare(VectorOperators.EQ, best).andNot(v.compare(VectorOperators.LE, best));
  }

  /** The gradient where {@code place} has won, elsewhere +0. */
  static FloatVector won(FloatVector gradient, IntVector argmax, int place) {
    return FloatVector.zero(S).blend(gradient, argmax.compare(VectorOperators.EQ, place).cast(S));
  }

  private static void pool(PoolCall c, int row) {
    int oh = row % c.outHeight;
    int ih = c.top(oh);
    int high = c.high(oh);
    int from = c.rowOfX(row / c.outHeight, ih);
    int to = row * c.outWidth * c.ldy;
    for (int ow = 0; ow < c.outWidth; ow++, to += c.ldy) {
      int iw = c.left(ow);
      int wide = c.wide(ow);
      int first = c.place(ih, iw, oh, ow);
      for (int i = 0; i < c.columns; i += LANES) {
        int at = Math.min(i, c.columns - LANES);
        pool(c, high, wide, first, from + iw * c.ldx + at, to + at);
      }
    }
  }

  /** The window whose first real pixel, its {@code first}, lies at {@code from}. */
  private static void pool(PoolCall c, int high, int wide, int first, int from, int to) {
    float[] x = c.x;
    int ldx = c.ldx;
    int inWidth = c.shape.inWidth();
    int windowWidth = c.shape.windowWidth();
    FloatVector best = FloatVector.fromArray(S, x, from);
    IntVector winner = IntVector.broadcast(INTS, first);
    for (int h = 0; h < high; h++) {
      // The first pixel meets itself once more: it does not replace itself.
      for (int w = 0; w < wide; w++) {
        FloatVector v = FloatVector.fromArray(S, x, from + (h * inWidth + w) * ldx);
        VectorMask<Float> replaced = replaces(v, best);
        best = best.blend(v, replaced);
        winner = winner.blend(first + h * windowWidth + w, replaced.cast(INTS));
      }
    }
    best.intoArray(c.y, c.yo + to);
    if (c.argmax.length > 0) {
      winner.intoArray(c.argmax, c.argmaxOffset + to);
    }
  }

  private static void gather(PoolCall c, int row) {
    int ih = row % c.shape.inHeight();
    int image = row / c.shape.inHeight();
    int oh = c.firstRow(ih);
    int high = c.lastRow(ih) - oh + 1;
    int to = c.rowOfX(image, ih);
    for (int iw = 0; iw < c.shape.inWidth(); iw++, to += c.ldx) {
      int ow = c.firstColumn(iw);
      int wide = c.lastColumn(iw) - ow + 1;
      int place = c.place(ih, iw, oh, ow);
      int from = ((image * c.outHeight + oh) * c.outWidth + ow) * c.ldy;
      for (int i = 0; i < c.columns; i += LANES) {
        int at = Math.min(i, c.columns - LANES);
        gather(c, high, wide, place, from + at, to + at);
      }
    }
  }

  /** The pixel that is the first window's {@code place}: a stride less of the next window's. */
  private static void gather(PoolCall c, int high, int wide, int place, int from, int to) {
    float[] y = c.y;
    int[] argmax = c.argmax;
    int yo = c.yo + from;
    int argmaxOffset = c.argmaxOffset + from;
    int ldy = c.ldy;
    int outWidth = c.outWidth;
    int right = c.shape.strideWidth();
    int down = c.shape.strideHeight() * c.shape.windowWidth();
    FloatVector sum = FloatVector.zero(S);
    for (int h = 0; h < high; h++) {
      for (int w = 0; w < wide; w++) {
        int at = (h * outWidth + w) * ldy;
        FloatVector gradient = FloatVector.fromArray(S, y, yo + at);
        IntVector winner = IntVector.fromArray(INTS, argmax, argmaxOffset + at);
        // No sum is −0, so that adding the +0 of those that have not won changes nothing.
        sum = sum.add(won(gradient, winner, place - h * down - w * right));
      }
    }
    sum.intoArray(c.x, to);
  }
}
