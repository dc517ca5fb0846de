package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.TileConsumer;
import org.jspecify.annotations.Nullable;

/** Max-pooling by plain loops: the definition. */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class ScalarMaxPool2d implements MaxPool2d {
  /** Makes the scalar twin. */
  public ScalarMaxPool2d() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void forward(
      Pool2dShape shape,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset) {
    PoolArguments.forward(shape, x, xOffset, y, yOffset, taps, tapsOffset);
    int channels = shape.channels();
    int rowElements = shape.outWidth() * channels;
    int at = 0;
    for (int image = 0; image < shape.batch(); image++) {
      int imageOffset = xOffset + image * shape.inHeight() * shape.inWidth() * channels;
      for (int oh = 0; oh < shape.outHeight(); oh++) {
        poolRow(
            shape,
            oh,
            0,
            channels,
            x,
            imageOffset,
            channels,
            y,
            yOffset + at,
            taps,
            tapsOffset + at);
        at += rowElements;
      }
    }
  }

  private static void poolRow(
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
    for (int ow = 0; ow < outWidth; ow++) {
      for (int c = 0; c < channels; c++) {
        float best = Float.NEGATIVE_INFINITY;
        int tap = -1;
        for (int kh = 0; kh < shape.windowHeight(); kh++) {
          for (int kw = 0; kw < shape.windowWidth(); kw++) {
            int ih = oh * shape.strideHeight() + kh - shape.padTop();
            int iw = ow * shape.strideWidth() + kw - shape.padLeft();
            if (ih >= 0 && ih < shape.inHeight() && iw >= 0 && iw < shape.inWidth()) {
              float v = x[xOffset + (ih * shape.inWidth() + iw) * ldx + c];
              if (tap < 0 || v > best || (Float.isNaN(v) && !Float.isNaN(best))) {
                best = v;
                tap = kh * shape.windowWidth() + kw;
              }
            }
          }
        }
        y[yOffset + ow * shape.channels() + c] = best;
        if (taps != null) {
          taps[tapsOffset + ow * shape.channels() + c] = tap;
        }
      }
    }
  }

  @Override
  public void backward(
      Pool2dShape shape,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int dxOffset) {
    PoolArguments.backward(shape, dy, dyOffset, taps, tapsOffset, dx, dxOffset);
    int at = 0;
    for (int image = 0; image < shape.batch(); image++) {
      int first = image * shape.outHeight() * shape.outWidth() * shape.channels();
      for (int ih = 0; ih < shape.inHeight(); ih++) {
        for (int iw = 0; iw < shape.inWidth(); iw++) {
          for (int c = 0; c < shape.channels(); c++) {
            dx[dxOffset + at] =
                gather(shape, ih, iw, dy, dyOffset + first + c, taps, tapsOffset + first + c);
            at++;
          }
        }
      }
    }
  }

  /** The gradient of one input element: that of the windows, in order, that it won. */
  private static float gather(
      Pool2dShape shape, int ih, int iw, float[] dy, int dyOffset, int[] taps, int tapsOffset) {
    int outWidth = shape.outWidth();
    int firstOh = Windows.firstRow(shape, ih);
    int lastOh = Windows.lastRow(shape, ih);
    int firstOw = Windows.firstColumn(shape, iw);
    int lastOw = Windows.lastColumn(shape, iw);
    float sum = 0;
    for (int oh = firstOh; oh <= lastOh; oh++) {
      for (int ow = firstOw; ow <= lastOw; ow++) {
        int kh = ih + shape.padTop() - oh * shape.strideHeight();
        int kw = iw + shape.padLeft() - ow * shape.strideWidth();
        int at = (oh * outWidth + ow) * shape.channels();
        if (taps[tapsOffset + at] == kh * shape.windowWidth() + kw) {
          sum += dy[dyOffset + at];
        }
      }
    }
    return sum;
  }

  @Override
  public TileConsumer tiles(
      Pool2dShape shape,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset,
      @Nullable TileConsumer next) {
    return new MaxPoolTiles(ScalarMaxPool2d::poolRow, shape, y, yOffset, taps, tapsOffset, next);
  }
}
