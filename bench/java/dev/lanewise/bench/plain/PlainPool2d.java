package dev.lanewise.bench.plain;

import dev.lanewise.kernel.pool.Pool2dShape;
import java.util.Arrays;

/** Max- and average-pooling, whose innermost loops run along a pixel's channels. */
public final class PlainPool2d {
  private PlainPool2d() {}

  /** What is done for each pixel of each window, which has a place in it and a share of it. */
  @FunctionalInterface
  private interface Pixel {
    void visit(int input, int output, int place, float share);
  }

  private static void eachPixel(Pool2dShape s, Pixel pixel) {
    for (int row = 0; row < s.batch() * s.outHeight(); row++) {
      int image = row / s.outHeight();
      int top = row % s.outHeight() * s.strideHeight() - s.padTop();
      int firstRow = Math.max(0, top);
      int rowEnd = Math.min(s.inHeight(), top + s.windowHeight());
      for (int ow = 0; ow < s.outWidth(); ow++) {
        int left = ow * s.strideWidth() - s.padLeft();
        int first = Math.max(0, left);
        int end = Math.min(s.inWidth(), left + s.windowWidth());
        int output = (row * s.outWidth() + ow) * s.channels();
        float share = 1f / ((rowEnd - firstRow) * (end - first));
        for (int ih = firstRow; ih < rowEnd; ih++) {
          for (int iw = first; iw < end; iw++) {
            int input = ((image * s.inHeight() + ih) * s.inWidth() + iw) * s.channels();
            pixel.visit(input, output, (ih - top) * s.windowWidth() + iw - left, share);
          }
        }
      }
    }
  }

  /** The largest value of each window. */
  public static void max(Pool2dShape s, float[] x, float[] y) {
    Arrays.fill(y, Float.NEGATIVE_INFINITY);
    eachPixel(
        s,
        (input, output, place, share) -> {
          for (int c = 0; c < s.channels(); c++) {
            y[output + c] = Math.max(y[output + c], x[input + c]);
          }
        });
  }

  /** The largest value of each window and its place there. */
  public static void max(Pool2dShape s, float[] x, float[] y, int[] argmax) {
    Arrays.fill(y, Float.NEGATIVE_INFINITY);
    eachPixel(
        s,
        (input, output, place, share) -> {
          for (int c = 0; c < s.channels(); c++) {
            float value = x[input + c];
            if (value > y[output + c]) {
              y[output + c] = value;
              argmax[output + c] = place;
            }
          }
        });
  }

  /** Max-pooling's gradient: each output's goes to its winner. */
  public static void maxBackward(Pool2dShape s, float[] dy, int[] argmax, float[] dx) {
    Arrays.fill(dx, 0f);
    int channels = s.channels();
    for (int row = 0; row < s.batch() * s.outHeight(); row++) {
      int image = row / s.outHeight();
      int top = row % s.outHeight() * s.strideHeight() - s.padTop();
      for (int ow = 0; ow < s.outWidth(); ow++) {
        int left = ow * s.strideWidth() - s.padLeft();
        int output = (row * s.outWidth() + ow) * channels;
        for (int c = 0; c < channels; c++) {
          int ih = top + argmax[output + c] / s.windowWidth();
          int iw = left + argmax[output + c] % s.windowWidth();
          int input = ((image * s.inHeight() + ih) * s.inWidth() + iw) * channels;
          dx[input + c] += dy[output + c];
        }
      }
    }
  }

  /** The mean of each window. */
  public static void average(Pool2dShape s, float[] x, float[] y) {
    Arrays.fill(y, 0f);
    eachPixel(
        s,
        (input, output, place, share) -> {
          for (int c = 0; c < s.channels(); c++) {
            y[output + c] += share * x[input + c];
          }
        });
  }

  /** Average-pooling's gradient: each output's goes in equal shares to its window. */
  public static void averageBackward(Pool2dShape s, float[] dy, float[] dx) {
    Arrays.fill(dx, 0f);
    eachPixel(
        s,
        (input, output, place, share) -> {
          for (int c = 0; c < s.channels(); c++) {
            dx[input + c] += share * dy[output + c];
          }
        });
  }
}
