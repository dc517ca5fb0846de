package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.Rows;

/**
 * Pools images of fewer channels than loops take at a time: what a row needs is copied to scratch
 * memory, whose pixels have as many channels as a loop takes, the same loop runs there, and its
 * results are copied back. What the channels beyond hold is computed with and forgotten.
 */
final class NarrowPool {
  private static final int[] NO_ARGMAX = {};

  private final PoolCall wide;

  NarrowPool(PoolCall wide) {
    this.wide = wide;
  }

  /** Computes a row of a call. */
  void run(PoolCall c, PoolLoops.Loop loop, int row, Scratch scratch) {
    int inHeight = c.shape.inHeight();
    int height = c.byWindows() ? c.outHeight : inHeight;
    int image = row / height;
    int h = row % height;
    int top = h; // the first of the image's rows, and how many
    int high = 1;
    int first = h; // the first of the rows of windows, and how many
    int rows = 1;
    if (c.byWindows()) {
      top = c.top(h);
      high = c.backward && h == c.outHeight - 1 ? inHeight - top : c.high(h);
    } else {
      first = c.firstRow(h);
      rows = Math.max(0, c.lastRow(h) - first + 1);
    }
    widen(c, scratch, high, rows);
    int pixel = (image * inHeight + top) * c.shape.inWidth();
    int window = (image * c.outHeight + first) * c.outWidth;
    // Rows count as in the call: row 0 would lie before the scratch arrays.
    wide.xo = -pixel * wide.ldx;
    wide.yo = -window * wide.ldy;
    wide.argmaxOffset = wide.yo;
    int xAt = c.xo + pixel * c.ldx;
    int yAt = c.yo + window * c.ldy;
    int argmaxAt = c.argmaxOffset + window * c.ldy;
    int pixels = high * c.shape.inWidth();
    int windows = c.argmax.length > 0 ? rows * c.outWidth : 0;
    if (c.backward) {
      Rows.copy(rows * c.outWidth, c.columns, c.y, yAt, c.ldy, wide.y, 0, wide.ldy);
      Rows.copy(windows, c.columns, c.argmax, argmaxAt, c.ldy, wide.argmax, 0, wide.ldy);
      loop.run(wide, row);
      Rows.copy(pixels, c.columns, wide.x, 0, wide.ldx, c.x, xAt, c.ldx);
    } else {
      Rows.copy(pixels, c.columns, c.x, xAt, c.ldx, wide.x, 0, wide.ldx);
      loop.run(wide, row);
      Rows.copy(rows * c.outWidth, c.columns, wide.y, 0, wide.ldy, c.y, yAt, c.ldy);
      Rows.copy(windows, c.columns, wide.argmax, 0, wide.ldy, c.argmax, argmaxAt, c.ldy);
    }
  }

  private void widen(PoolCall c, Scratch scratch, int high, int rows) {
    int channels = wide.granule;
    wide.shape = c.shape;
    wide.outHeight = c.outHeight;
    wide.outWidth = c.outWidth;
    wide.columns = channels;
    wide.ldx = channels;
    wide.ldy = channels;
    wide.x = scratch.floats(0, high * c.shape.inWidth() * channels);
    wide.y = scratch.floats(1, rows * c.outWidth * channels);
    boolean winners = c.argmax.length > 0;
    wide.argmax = winners ? scratch.ints(0, rows * c.outWidth * channels) : NO_ARGMAX;
  }
}
