package dev.lanewise.kernel.pool;

/** Which windows hold an input pixel, for the gradient. */
final class Windows {
  private Windows() {}

  /** The first row of windows that reach input row {@code ih}. */
  static int firstRow(Pool2dShape shape, int ih) {
    return first(ih + shape.padTop(), shape.windowHeight(), shape.strideHeight());
  }

  /** The last row of windows that reach input row {@code ih}; before the first if none does. */
  static int lastRow(Pool2dShape shape, int ih) {
    return Math.min(shape.outHeight() - 1, (ih + shape.padTop()) / shape.strideHeight());
  }

  /** The first column of windows that reach input column {@code iw}. */
  static int firstColumn(Pool2dShape shape, int iw) {
    return first(iw + shape.padLeft(), shape.windowWidth(), shape.strideWidth());
  }

  /** The last column of windows that reach input column {@code iw}; before the first if none. */
  static int lastColumn(Pool2dShape shape, int iw) {
    return Math.min(shape.outWidth() - 1, (iw + shape.padLeft()) / shape.strideWidth());
  }

  /** How many real pixels window (oh, ow) holds. */
  static int pixels(Pool2dShape shape, int oh, int ow) {
    return rows(shape, oh) * columns(shape, ow);
  }

  /** How many rows of the image the windows of row {@code oh} hold. */
  static int rows(Pool2dShape shape, int oh) {
    int top = oh * shape.strideHeight() - shape.padTop();
    return Math.min(shape.inHeight(), top + shape.windowHeight()) - Math.max(0, top);
  }

  /** How many columns of the image the windows of column {@code ow} hold. */
  static int columns(Pool2dShape shape, int ow) {
    int left = ow * shape.strideWidth() - shape.padLeft();
    return Math.min(shape.inWidth(), left + shape.windowWidth()) - Math.max(0, left);
  }

  private static int first(int position, int window, int stride) {
    return position < window ? 0 : (position - window) / stride + 1;
  }
}
