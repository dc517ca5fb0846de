package dev.lanewise.bench.plain;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pool.MaxPool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Max-pooling, pixel by pixel, whose innermost loops run along a pixel's channels. */
final class PlainMaxPool2d implements MaxPool2d, PlainKernel {
  @Override
  public void forward(
      Pool2dShape shape,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int @Nullable [] argmax,
      int argmaxOffset) {
    pool(shape, 0, shape.batch() * shape.outHeight(), x, xOffset, y, yOffset, argmax, argmaxOffset);
  }

  /** Pools some rows of windows, counted over all images; x begins at the first image. */
  private static void pool(
      Pool2dShape s,
      int firstRow,
      int rows,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int @Nullable [] argmax,
      int argmaxOffset) {
    int channels = s.channels();
    for (int row = firstRow; row < firstRow + rows; row++) {
      int image = row / s.outHeight();
      int top = row % s.outHeight() * s.strideHeight() - s.padTop();
      for (int ow = 0; ow < s.outWidth(); ow++) {
        int left = ow * s.strideWidth() - s.padLeft();
        int output = (row * s.outWidth() + ow) * channels;
        Arrays.fill(y, yOffset + output, yOffset + output + channels, Float.NEGATIVE_INFINITY);
        for (int kh = Math.max(0, -top);
            kh < Math.min(s.windowHeight(), s.inHeight() - top);
            kh++) {
          for (int kw = Math.max(0, -left);
              kw < Math.min(s.windowWidth(), s.inWidth() - left);
              kw++) {
            int pixel = (image * s.inHeight() + top + kh) * s.inWidth() + left + kw;
            int input = xOffset + pixel * channels;
            if (argmax == null) {
              max(channels, x, input, y, yOffset + output);
            } else {
              int place = kh * s.windowWidth() + kw;
              max(channels, x, input, y, yOffset + output, argmax, argmaxOffset + output, place);
            }
          }
        }
      }
    }
  }

  private static void max(int n, float[] x, int xOffset, float[] y, int yOffset) {
    for (int c = 0; c < n; c++) {
      y[yOffset + c] = Math.max(y[yOffset + c], x[xOffset + c]);
    }
  }

  private static void max(
      int n,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int[] argmax,
      int argmaxOffset,
      int place) {
    for (int c = 0; c < n; c++) {
      float value = x[xOffset + c];
      if (value > y[yOffset + c]) {
        y[yOffset + c] = value;
        argmax[argmaxOffset + c] = place;
      }
    }
  }

  @Override
  public void backward(
      Pool2dShape s,
      float[] dy,
      int dyOffset,
      int[] argmax,
      int argmaxOffset,
      float[] dx,
      int dxOffset) {
    Arrays.fill(dx, dxOffset, dxOffset + s.inElements(), 0f);
    int channels = s.channels();
    for (int row = 0; row < s.batch() * s.outHeight(); row++) {
      int image = row / s.outHeight();
      int top = row % s.outHeight() * s.strideHeight() - s.padTop();
      for (int ow = 0; ow < s.outWidth(); ow++) {
        int left = ow * s.strideWidth() - s.padLeft();
        int output = (row * s.outWidth() + ow) * channels;
        for (int c = 0; c < channels; c++) {
          int place = argmax[argmaxOffset + output + c];
          int ih = top + place / s.windowWidth();
          int iw = left + place % s.windowWidth();
          int input = ((image * s.inHeight() + ih) * s.inWidth() + iw) * channels;
          dx[dxOffset + input + c] += dy[dyOffset + output + c];
        }
      }
    }
  }

  @Override
  public TileConsumer tiles(
      Pool2dShape s,
      float[] y,
      int yOffset,
      int @Nullable [] argmax,
      int argmaxOffset,
      @Nullable TileConsumer next) {
    int high = s.strideHeight() * s.inWidth();
    return new TileConsumer() {
      @Override
      public void accept(
          float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
        int image = row / (s.inHeight() * s.inWidth());
        int firstRow = image * s.outHeight() + row % (s.inHeight() * s.inWidth()) / high;
        int count = Math.min(rows / high, (image + 1) * s.outHeight() - firstRow);
        pool(s, firstRow, count, tile, offset - row * ld, y, yOffset, argmax, argmaxOffset);
        if (next != null && count > 0) {
          int pixel = firstRow * s.outWidth();
          int at = yOffset + pixel * columns;
          next.accept(y, at, columns, pixel, count * s.outWidth(), 0, columns);
        }
      }

      @Override
      public int rowMultiple() {
        return high;
      }
    };
  }
}
