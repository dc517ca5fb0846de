package dev.lanewise.kernel.pool;

import java.util.Arrays;
import java.util.List;

/** Max-pooling by plain loops: the definition. */
public final class ScalarMaxPool2d extends CheckedMaxPool2d {
  private static final PoolLoops LOOPS =
      new PoolLoops(call -> true, ScalarMaxPool2d::pool, ScalarMaxPool2d::gather, false, false);

  /** Makes the scalar twin. */
  public ScalarMaxPool2d() {
    super(List.of(LOOPS), null);
  }

  private static void pool(PoolCall c, int row) {
    int oh = row % c.outHeight;
    int ih = c.top(oh);
    int from = c.rowOfX(row / c.outHeight, ih);
    int to = row * c.outWidth * c.ldy;
    for (int ow = 0; ow < c.outWidth; ow++, to += c.ldy) {
      int iw = c.left(ow);
      int first = c.place(ih, iw, oh, ow);
      for (int i = 0; i < c.columns; i++) {
        pool(c, c.high(oh), c.wide(ow), first, from + iw * c.ldx + i, to + i);
      }
    }
  }

  /** The window whose first real pixel, its {@code first}, lies at {@code from}. */
  private static void pool(PoolCall c, int high, int wide, int first, int from, int to) {
    float[] x = c.x;
    int ldx = c.ldx;
    int down = c.shape.inWidth() * ldx;
    float best = x[from];
    int winner = first;
    for (int h = 0; h < high; h++) {
      for (int w = 0; w < wide; w++) {
        float v = x[from + h * down + w * ldx];
        if (v > best || (Float.isNaN(v) && !Float.isNaN(best))) {
          best = v;
          winner = first + h * c.shape.windowWidth() + w;
        }
      }
    }
    c.y[c.yo + to] = best;
    if (c.argmax.length > 0) {
      c.argmax[c.argmaxOffset + to] = winner;
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
      gather(c, high, wide, place, from, to);
    }
  }

  /** The pixel that is the first window's {@code place}: a stride less of the next window's. */
  private static void gather(PoolCall c, int high, int wide, int place, int from, int to) {
    Arrays.fill(c.x, to, to + c.columns, 0f);
    int down = c.shape.strideHeight() * c.shape.windowWidth();
    for (int h = 0; h < high; h++) {
      for (int w = 0; w < wide; w++) {
        int at = from + (h * c.outWidth + w) * c.ldy;
        addWon(c, place - h * down - w * c.shape.strideWidth(), at, to);
      }
    }
  }

  /** One window's gradient, in the channels where {@code place} has won. */
  private static void addWon(PoolCall c, int place, int from, int to) {
    float[] x = c.x;
    float[] y = c.y;
    int[] argmax = c.argmax;
    for (int i = 0; i < c.columns; i++) {
      if (argmax[c.argmaxOffset + from + i] == place) {
        x[to + i] += y[c.yo + from + i];
      }
    }
  }
}
