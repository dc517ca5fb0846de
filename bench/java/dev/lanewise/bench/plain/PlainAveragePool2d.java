package dev.lanewise.bench.plain;

import dev.lanewise.kernel.pool.AveragePool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import java.util.Arrays;

/** Average-pooling, tap by tap, whose innermost loops run along a pixel's channels. */
final class PlainAveragePool2d implements AveragePool2d, PlainKernel {
  @Override
  public void forward(Pool2dShape shape, float[] x, int xOffset, float[] y, int yOffset) {
    Arrays.fill(y, yOffset, yOffset + shape.outElements(), 0f);
    eachPixel(
        shape,
        (input, output, share) -> add(shape, share, x, xOffset + input, y, yOffset + output));
  }

  @Override
  public void backward(Pool2dShape shape, float[] dy, int dyOffset, float[] dx, int dxOffset) {
    Arrays.fill(dx, dxOffset, dxOffset + shape.inElements(), 0f);
    eachPixel(
        shape,
        (input, output, share) -> add(shape, share, dy, dyOffset + output, dx, dxOffset + input));
  }

  /** What is done for each pixel of each window, whose share of the average is given. */
  @FunctionalInterface
  private interface Pixel {
    void visit(int input, int output, float share);
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
            pixel.visit(input, output, share);
          }
        }
      }
    }
  }

  private static void add(
      Pool2dShape s, float share, float[] from, int fromOffset, float[] to, int toOffset) {
    for (int c = 0; c < s.channels(); c++) {
      to[toOffset + c] += share * from[fromOffset + c];
    }
  }
}
