package dev.lanewise.bench.plain;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pool.Pool2dShape;
import java.util.Arrays;

/** Convolutions whose innermost loops run along a pixel's filters or channels. */
final class PlainConv2d implements Conv2d, PlainKernel {
  private final PlainMaxPool2d pool = new PlainMaxPool2d();
  private float[] scratch = {};
  private float[] turned = {};

  /** What is done for each output pixel and each tap that meets a pixel of the image. */
  @FunctionalInterface
  private interface Tap {
    void visit(int input, int weights, int output);
  }

  /** Offsets of the first channel, the tap's weights and the first filter. */
  private static void eachTap(Conv2dShape s, Tap tap) {
    for (int n = 0; n < s.batch(); n++) {
      for (int oh = 0; oh < s.outHeight(); oh++) {
        for (int ow = 0; ow < s.outWidth(); ow++) {
          int output = ((n * s.outHeight() + oh) * s.outWidth() + ow) * s.filters();
          for (int kh = 0; kh < s.kernelHeight(); kh++) {
            int ih = oh * s.strideHeight() + kh * s.dilationHeight() - s.padTop();
            if (ih < 0 || ih >= s.inHeight()) {
              continue;
            }
            for (int kw = 0; kw < s.kernelWidth(); kw++) {
              int iw = ow * s.strideWidth() + kw * s.dilationWidth() - s.padLeft();
              if (iw >= 0 && iw < s.inWidth()) {
                int input = ((n * s.inHeight() + ih) * s.inWidth() + iw) * s.inChannels();
                int weights = (kh * s.kernelWidth() + kw) * s.inChannels() / s.groups();
                tap.visit(input, weights * s.filters(), output);
              }
            }
          }
        }
      }
    }
  }

  @Override
  public void forward(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float[] y,
      int yOffset,
      TileConsumer consumer) {
    Arrays.fill(y, yOffset, yOffset + shape.outElements(), 0f);
    int groups = shape.groups();
    int channels = shape.inChannels() / groups;
    int filters = shape.filters() / groups;
    eachTap(
        shape,
        (input, weights, output) -> {
          for (int g = 0; g < groups; g++) {
            for (int c = 0; c < channels; c++) {
              float pixel = x[xOffset + input + g * channels + c];
              int at = wOffset + weights + c * shape.filters() + g * filters;
              add(pixel, w, at, y, yOffset + output + g * filters, filters);
            }
          }
        });
    int pixels = shape.batch() * shape.outHeight() * shape.outWidth();
    consumer.accept(y, yOffset, shape.filters(), 0, pixels, 0, shape.filters());
  }

  @Override
  public void forwardTiles(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, TileConsumer consumer) {
    forward(shape, x, xOffset, w, wOffset, scratch(shape.outElements()), 0, consumer);
  }

  @Override
  public void backwardInput(
      Conv2dShape shape,
      float[] dy,
      int dyOffset,
      float[] w,
      int wOffset,
      float[] dx,
      int dxOffset) {
    Arrays.fill(dx, dxOffset, dxOffset + shape.inElements(), 0f);
    int groups = shape.groups();
    int channels = shape.inChannels() / groups;
    int filters = shape.filters() / groups;
    float[] byFilter = turn(shape, w, wOffset);
    eachTap(
        shape,
        (input, weights, output) -> {
          for (int f = 0; f < shape.filters(); f++) {
            float gradient = dy[dyOffset + output + f];
            int to = dxOffset + input + f / filters * channels;
            add(gradient, byFilter, weights + f * channels, dx, to, channels);
          }
        });
  }

  /** The weights with a tap's filters first and their channels side by side. */
  private float[] turn(Conv2dShape shape, float[] w, int wOffset) {
    int channels = shape.inChannels() / shape.groups();
    if (turned.length < shape.weightElements()) {
      turned = new float[shape.weightElements()];
    }
    for (int tap = 0; tap < shape.kernelHeight() * shape.kernelWidth(); tap++) {
      int from = tap * channels * shape.filters();
      for (int c = 0; c < channels; c++) {
        for (int f = 0; f < shape.filters(); f++) {
          turned[from + f * channels + c] = w[wOffset + from + c * shape.filters() + f];
        }
      }
    }
    return turned;
  }

  @Override
  public void backwardWeights(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      float[] dw,
      int dwOffset) {
    Arrays.fill(dw, dwOffset, dwOffset + shape.weightElements(), 0f);
    int groups = shape.groups();
    int channels = shape.inChannels() / groups;
    int filters = shape.filters() / groups;
    eachTap(
        shape,
        (input, weights, output) -> {
          for (int g = 0; g < groups; g++) {
            for (int c = 0; c < channels; c++) {
              float pixel = x[xOffset + input + g * channels + c];
              int at = dwOffset + weights + c * shape.filters() + g * filters;
              add(pixel, dy, dyOffset + output + g * filters, dw, at, filters);
            }
          }
        });
  }

  @Override
  public void backwardBias(Conv2dShape shape, float[] dy, int dyOffset, float[] db, int dbOffset) {
    sumPixels(shape.filters(), shape.outElements(), dy, dyOffset, db, dbOffset);
  }

  @Override
  public void backwardWeightsPooled(
      Conv2dShape shape,
      Pool2dShape window,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dw,
      int dwOffset) {
    float[] spread = scratch(window.inElements());
    pool.backward(window, dy, dyOffset, taps, tapsOffset, spread, 0);
    backwardWeights(shape, x, xOffset, spread, 0, dw, dwOffset);
  }

  /** Each gradient goes to one pixel, so the sum over the pooled pixels is the bias's. */
  @Override
  public void backwardBiasPooled(
      Pool2dShape window,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] db,
      int dbOffset) {
    sumPixels(window.channels(), window.outElements(), dy, dyOffset, db, dbOffset);
  }

  private static void sumPixels(
      int filters, int elements, float[] dy, int dyOffset, float[] db, int dbOffset) {
    Arrays.fill(db, dbOffset, dbOffset + filters, 0f);
    for (int pixel = 0; pixel < elements; pixel += filters) {
      add(1, dy, dyOffset + pixel, db, dbOffset, filters);
    }
  }

  private static void add(float x, float[] from, int fromOffset, float[] to, int toOffset, int n) {
    for (int i = 0; i < n; i++) {
      to[toOffset + i] += x * from[fromOffset + i];
    }
  }

  private float[] scratch(int n) {
    if (scratch.length < n) {
      scratch = new float[n];
    }
    return scratch;
  }
}
