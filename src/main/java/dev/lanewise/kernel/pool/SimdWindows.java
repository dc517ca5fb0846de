package dev.lanewise.kernel.pool;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** The loops of any window, stride and padding: one window and one vector of channels a call. */
final class SimdWindows {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;

  private SimdWindows() {}

  /** Whether v takes best's place: v &gt; best, or v is NaN and best is not. */
  static VectorMask<Float> replaces(FloatVector v, FloatVector best) {
    // Where best is a number, "v > best or v is NaN" is "not v <= best".
    return best.compare(VectorOperators.EQ, best).andNot(v.compare(VectorOperators.LE, best));
  }

  /** The same of one element. */
  static boolean replaces(float v, float best) {
    return !Float.isNaN(best) && !(v <= best);
  }

  /** +0, and the gradient added where the given tap won: a gradient of −0 gives +0. */
  static FloatVector won(FloatVector gradient, IntVector taps, int tap) {
    return addWon(FloatVector.zero(S), gradient, taps, tap);
  }

  private static FloatVector addWon(
      FloatVector sum, FloatVector gradient, IntVector taps, int tap) {
    return sum.add(gradient, taps.compare(VectorOperators.EQ, tap).cast(S));
  }

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
    int outWidth = shape.outWidth();
    int ldy = shape.channels();
    int top = oh * shape.strideHeight() - shape.padTop();
    int firstKh = Math.max(0, -top);
    int lastKh = Math.min(shape.windowHeight(), shape.inHeight() - top);
    for (int ow = 0; ow < outWidth; ow++) {
      int left = ow * shape.strideWidth() - shape.padLeft();
      int firstKw = Math.max(0, -left);
      int lastKw = Math.min(shape.windowWidth(), shape.inWidth() - left);
      int corner = xOffset + (top * shape.inWidth() + left) * ldx;
      for (int c = 0; c < channels; c += LANES) {
        poolWindow(
            Math.min(LANES, channels - c),
            firstKh,
            lastKh,
            firstKw,
            lastKw,
            shape.windowWidth(),
            x,
            corner + c,
            shape.inWidth() * ldx,
            ldx,
            y,
            yOffset + ow * ldy + c,
            taps,
            tapsOffset + ow * ldy + c);
      }
    }
  }

  private static void poolWindow(
      int channels,
      int firstKh,
      int lastKh,
      int firstKw,
      int lastKw,
      int windowWidth,
      float[] x,
      int corner,
      int rowElements,
      int ldx,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset) {
    if (channels < LANES) {
      poolWindowTail(
          channels,
          firstKh,
          lastKh,
          firstKw,
          lastKw,
          windowWidth,
          x,
          corner,
          rowElements,
          ldx,
          y,
          yOffset,
          taps,
          tapsOffset);
      return;
    }
    FloatVector best = FloatVector.fromArray(S, x, corner + firstKh * rowElements + firstKw * ldx);
    IntVector tap = IntVector.broadcast(INTS, firstKh * windowWidth + firstKw);
    for (int kh = firstKh; kh < lastKh; kh++) {
      // The first tap meets itself once more: it does not replace itself.
      for (int kw = firstKw; kw < lastKw; kw++) {
        FloatVector v = FloatVector.fromArray(S, x, corner + kh * rowElements + kw * ldx);
        VectorMask<Float> replaced = replaces(v, best);
        best = best.blend(v, replaced);
        tap = tap.blend(kh * windowWidth + kw, replaced.cast(INTS));
      }
    }
    best.intoArray(y, yOffset);
    if (taps != null) {
      tap.intoArray(taps, tapsOffset);
    }
  }

  private static void poolWindowTail(
      int channels,
      int firstKh,
      int lastKh,
      int firstKw,
      int lastKw,
      int windowWidth,
      float[] x,
      int corner,
      int rowElements,
      int ldx,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset) {
    for (int c = 0; c < channels; c++) {
      float best = x[corner + firstKh * rowElements + firstKw * ldx + c];
      int tap = firstKh * windowWidth + firstKw;
      for (int kh = firstKh; kh < lastKh; kh++) {
        for (int kw = firstKw; kw < lastKw; kw++) {
          float v = x[corner + kh * rowElements + kw * ldx + c];
          if (replaces(v, best)) {
            best = v;
            tap = kh * windowWidth + kw;
          }
        }
      }
      y[yOffset + c] = best;
      if (taps != null) {
        taps[tapsOffset + c] = tap;
      }
    }
  }

  /**
   * The gradient of an input row.
   *
   * @param ih which row of the image
   * @param dyOffset where the image's gradient begins
   * @param tapsOffset where the image's winners begin
   * @param dxOffset where the image's input gradient begins
   */
  static void gatherRow(
      Pool2dShape shape,
      int ih,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int dxOffset) {
    int channels = shape.channels();
    int firstOh = Windows.firstRow(shape, ih);
    int lastOh = Windows.lastRow(shape, ih);
    int row = dxOffset + ih * shape.inWidth() * channels;
    for (int iw = 0; iw < shape.inWidth(); iw++) {
      int firstOw = Windows.firstColumn(shape, iw);
      int lastOw = Windows.lastColumn(shape, iw);
      for (int c = 0; c < channels; c += LANES) {
        gather(
            shape,
            ih,
            iw,
            firstOh,
            lastOh,
            firstOw,
            lastOw,
            Math.min(LANES, channels - c),
            dy,
            dyOffset + c,
            taps,
            tapsOffset + c,
            dx,
            row + iw * channels + c);
      }
    }
  }

  private static void gather(
      Pool2dShape shape,
      int ih,
      int iw,
      int firstOh,
      int lastOh,
      int firstOw,
      int lastOw,
      int channels,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int dxOffset) {
    // The tap under which window (oh, ow) sees the pixel: it falls by a stride from one to the
    // next.
    int tap = (ih + shape.padTop()) * shape.windowWidth() + iw + shape.padLeft();
    int perRow = shape.strideHeight() * shape.windowWidth();
    int perColumn = shape.strideWidth();
    int ld = shape.channels();
    int outWidth = shape.outWidth();
    if (channels < LANES) {
      gatherTail(
          channels,
          firstOh,
          lastOh,
          firstOw,
          lastOw,
          tap,
          perRow,
          perColumn,
          outWidth,
          ld,
          dy,
          dyOffset,
          taps,
          tapsOffset,
          dx,
          dxOffset);
      return;
    }
    FloatVector sum = FloatVector.zero(S);
    for (int oh = firstOh; oh <= lastOh; oh++) {
      for (int ow = firstOw; ow <= lastOw; ow++) {
        int at = (oh * outWidth + ow) * ld;
        FloatVector gradient = FloatVector.fromArray(S, dy, dyOffset + at);
        IntVector winners = IntVector.fromArray(INTS, taps, tapsOffset + at);
        sum = addWon(sum, gradient, winners, tap - oh * perRow - ow * perColumn);
      }
    }
    sum.intoArray(dx, dxOffset);
  }

  private static void gatherTail(
      int channels,
      int firstOh,
      int lastOh,
      int firstOw,
      int lastOw,
      int tap,
      int perRow,
      int perColumn,
      int outWidth,
      int ld,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int dxOffset) {
    for (int c = 0; c < channels; c++) {
      float sum = 0;
      for (int oh = firstOh; oh <= lastOh; oh++) {
        for (int ow = firstOw; ow <= lastOw; ow++) {
          int at = (oh * outWidth + ow) * ld + c;
          if (taps[tapsOffset + at] == tap - oh * perRow - ow * perColumn) {
            sum += dy[dyOffset + at];
          }
        }
      }
      dx[dxOffset + c] = sum;
    }
  }
}
