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

  private static int first(int position, int window, int stride) {
    return position < window ? 0 : (position - window) / stride + 1;
  }
}
