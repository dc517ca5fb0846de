package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.TileConsumer;
import org.jspecify.annotations.Nullable;

/** Finds the windows that lie in a tile, and has a twin pool them. */
final class MaxPoolTiles implements TileConsumer {
  /** Pools a stretch of channels of one row of windows; both twins' own loop. */
  interface Row {
    /**
     * Computes output row {@code oh} of an image.
     *
     * @param shape the sizes
     * @param oh which row of windows
     * @param column the first of the channels
     * @param channels how many channels
     * @param x holds the image, or the rows of it that the windows see
     * @param xOffset where the first of the channels of the image's first pixel lies, or would lie
     * @param ldx distance between two pixels in {@code x}
     * @param y takes the output; its pixels are {@code shape.channels()} apart
     * @param yOffset where the row's first pixel's first channel goes
     * @param taps takes the winners, or null
     * @param tapsOffset where the row's first winner goes
     */
    void pool(
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
        int tapsOffset);
  }

  private final Row twin;
  private final Pool2dShape shape;
  private final int outHeight;
  private final int outWidth;
  private final float[] y;
  private final int yOffset;
  private final int @Nullable [] taps;
  private final int tapsOffset;
  private final @Nullable TileConsumer next;

  MaxPoolTiles(
      Row twin,
      Pool2dShape shape,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset,
      @Nullable TileConsumer next) {
    PoolArguments.tiles(shape, y, yOffset, taps, tapsOffset, next);
    this.twin = twin;
    this.shape = shape;
    outHeight = shape.outHeight();
    outWidth = shape.outWidth();
    this.y = y;
    this.yOffset = yOffset;
    this.taps = taps;
    this.tapsOffset = tapsOffset;
    this.next = next;
  }

  @Override
  public int rowMultiple() {
    // A stride beyond the image leaves one window: whole images. Only images of an empty batch can
    // be larger than an int counts, and they have no tiles.
    long rows = Math.min(shape.strideHeight(), shape.inHeight());
    return (int) Math.min(rows * shape.inWidth(), Integer.MAX_VALUE);
  }

  @Override
  public int columnMultiple() {
    return next == null ? 1 : next.columnMultiple();
  }

  @Override
  public void accept(float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
    int width = shape.inWidth();
    int height = shape.inHeight();
    int from = row / width;
    int to = (row + rows) / width;
    if (from * width != row || to * width != row + rows) {
      throw refused(row, rows);
    }
    for (int begin = from; begin < to; ) { // a tile of one image, or of several
      int image = begin / height;
      int end = Math.min(to, (image + 1) * height);
      int top = begin - image * height;
      int bottom = end - image * height;
      if (top % shape.strideHeight() != 0
          || (bottom != height && bottom % shape.strideHeight() != 0)) {
        throw refused(row, rows);
      }
      int imageOffset = offset + (image * height - from) * width * ld;
      pool(tile, imageOffset, ld, image, top, bottom, column, columns);
      begin = end;
    }
  }

  /** Pools the windows that lie in an image's rows from {@code top} to {@code bottom} − 1. */
  private void pool(
      float[] tile,
      int imageOffset,
      int ld,
      int image,
      int top,
      int bottom,
      int column,
      int columns) {
    int first = top / shape.strideHeight();
    int last = first;
    while (last < outHeight && last * shape.strideHeight() < bottom) {
      int at = ((image * outHeight + last) * outWidth) * shape.channels() + column;
      twin.pool(
          shape,
          last,
          column,
          columns,
          tile,
          imageOffset,
          ld,
          y,
          yOffset + at,
          taps,
          tapsOffset + at);
      last++;
    }
    if (next != null && last > first) {
      int pixel = (image * outHeight + first) * outWidth;
      next.accept(
          y,
          yOffset + pixel * shape.channels() + column,
          shape.channels(),
          pixel,
          (last - first) * outWidth,
          column,
          columns);
    }
  }

  private IllegalArgumentException refused(int row, int rows) {
    return new IllegalArgumentException(
        "the tile has the rows "
            + row
            + " to "
            + (row + rows - 1)
            + ", but must begin at a multiple of "
            + rowMultiple()
            + " from an image's start, and end at one or at the image's end");
  }
}
