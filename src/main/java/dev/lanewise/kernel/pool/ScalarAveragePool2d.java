package dev.lanewise.kernel.pool;

import java.util.Arrays;
import java.util.List;

/** Average-pooling by plain loops: the definition. */
public final class ScalarAveragePool2d extends CheckedAveragePool2d {
  private static final PoolLoops LOOPS =
      new PoolLoops(
          call -> true, ScalarAveragePool2d::pool, ScalarAveragePool2d::gather, false, false);

  /** Makes the scalar twin. */
  public ScalarAveragePool2d() {
    super(List.of(LOOPS), null);
  }

  private static void pool(PoolCall c, int row) {
    int oh = row % c.outHeight;
    int from = c.rowOfX(row / c.outHeight, c.top(oh));
    int to = c.yo + row * c.outWidth * c.ldy;
    for (int ow = 0; ow < c.outWidth; ow++, to += c.ldy) {
      for (int i = 0; i < c.columns; i++) {
        pool(c, c.high(oh), c.wide(ow), from + c.left(ow) * c.ldx + i, to + i);
      }
    }
  }

  /** The window whose first real pixel lies at {@code from}. */
  private static void pool(PoolCall c, int high, int wide, int from, int to) {
    float sum = 0;
    for (int h = 0; h < high; h++) {
      for (int w = 0; w < wide; w++) {
        sum += c.x[from + (h * c.shape.inWidth() + w) * c.ldx];
      }
    }
    c.y[to] = sum / (high * wide);
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
    Arrays.fill(c.x, to, to + c.columns, 0f);
    int lastRow = c.lastRow(ih);
    int lastColumn = c.lastColumn(iw);
    for (int oh = c.firstRow(ih); oh <= lastRow; oh++) {
      for (int ow = c.firstColumn(iw); ow <= lastColumn; ow++) {
        add(c, c.high(oh) * c.wide(ow), from + (oh * c.outWidth + ow) * c.ldy, to);
      }
    }
  }

  /** One window's gradient, divided by its pixels. */
  private static void add(PoolCall c, int pixels, int from, int to) {
    float[] x = c.x;
    float[] y = c.y;
    for (int i = 0; i < c.columns; i++) {
      x[to + i] += y[from + i] / pixels;
    }
  }
}
