package dev.lanewise.kernel.pool;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Average-pooling with the Vector API, vectors across channels. The last vector ends at the last
 * channel: it may compute some of the one before it once more.
 */
public final class SimdAveragePool2d extends CheckedAveragePool2d {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private static final PoolLoops LOOPS =
      new PoolLoops(call -> true, SimdAveragePool2d::pool, SimdAveragePool2d::gather, false, false);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdAveragePool2d(Team team) {
    super(List.of(LOOPS), team);
  }

  private static void pool(PoolCall c, int row) {
    int oh = row % c.outHeight;
    int from = c.rowOfX(row / c.outHeight, c.top(oh));
    int to = c.yo + row * c.outWidth * c.ldy;
    for (int ow = 0; ow < c.outWidth; ow++, to += c.ldy) {
      for (int i = 0; i < c.columns; i += LANES) {
        int at = Math.min(i, c.columns - LANES);
        pool(c, c.high(oh), c.wide(ow), from + c.left(ow) * c.ldx + at, to + at);
      }
    }
  }

  /** The window whose first real pixel lies at {@code from}. */
  private static void pool(PoolCall c, int high, int wide, int from, int to) {
    float[] x = c.x;
    int ldx = c.ldx;
    int inWidth = c.shape.inWidth();
    FloatVector sum = FloatVector.zero(S);
    for (int h = 0; h < high; h++) {
      for (int w = 0; w < wide; w++) {
        sum = sum.add(FloatVector.fromArray(S, x, from + (h * inWidth + w) * ldx));
      }
    }
    sum.div(high * wide).intoArray(c.y, to);
  }

  private static void gather(PoolCall c, int row) {
    int ih = row % c.shape.inHeight();
    int image = row / c.shape.inHeight();
    int to = c.rowOfX(image, ih);
    for (int iw = 0; iw < c.shape.inWidth(); iw++, to += c.ldx) {
      gather(c, ih, iw, c.yo + image * c.outHeight * c.outWidth * c.ldy, to);
    }
  }

  /** Pixel (ih, iw) of an image whose gradient begins at {@code from}. */
  private static void gather(PoolCall c, int ih, int iw, int from, int to) {
    int oh = c.firstRow(ih);
    int ow = c.firstColumn(iw);
    int high = c.lastRow(ih) - oh + 1;
    int wide = c.lastColumn(iw) - ow + 1;
    for (int i = 0; i < c.columns; i += LANES) {
      int at = Math.min(i, c.columns - LANES);
      gather(c, oh, high, ow, wide, from + at, to + at);
    }
  }

  private static void gather(PoolCall c, int oh, int high, int ow, int wide, int from, int to) {
    float[] y = c.y;
    int ldy = c.ldy;
    int down = (c.outWidth - wide) * ldy;
    int at = from + (oh * c.outWidth + ow) * ldy;
    FloatVector sum = FloatVector.zero(S);
    for (int h = oh; h < oh + high; h++) {
      int rows = c.high(h);
      for (int w = ow; w < ow + wide; w++) {
        sum = sum.add(FloatVector.fromArray(S, y, at).div(rows * c.wide(w)));
        at += ldy;
      }
      at += down;
    }
    sum.intoArray(c.x, to);
  }
}
