package dev.lanewise.bench.plain;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Convolutions whose innermost loops run along a pixel's filters or channels, in arrays of their
 * own: from equal indices the compiler sees that it may vectorize them.
 */
final class PlainConv2d implements Conv2d, PlainKernel {
  private float[] scratch = {};

  /** What is done for each output pixel and each tap that meets a pixel of the image. */
  @FunctionalInterface
  private interface Tap {
    void visit(int input, int weights, int output);
  }

  /** Offsets of the first channel and filter, and the row of the tap's first channel. */
  private static void eachTap(Conv2dShape s, Tap tap, IntConsumer finished) {
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
                tap.visit(input, weights, output);
              }
            }
          }
          finished.accept(output);
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
    int groups = shape.groups();
    int channels = shape.inChannels() / groups;
    int filters = shape.filters() / groups;
    float[][] rows = weights(shape, w, wOffset, false);
    float[] sums = new float[shape.filters()];
    eachTap(
        shape,
        (input, weights, output) -> {
          for (int c = 0; c < channels; c++) {
            if (groups == 1) {
              Plain.add(filters, x[xOffset + input + c], rows[weights + c], sums);
            } else {
              add(filters, x, xOffset + input + c, channels, rows[weights + c], sums);
            }
          }
        },
        output -> {
          System.arraycopy(sums, 0, y, yOffset + output, sums.length);
          Arrays.fill(sums, 0f);
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
    int channels = shape.inChannels() / shape.groups();
    int filters = shape.filters() / shape.groups();
    float[][] rows = weights(shape, w, wOffset, true);
    float[] sums = new float[channels];
    int channelTaps = shape.kernelHeight() * shape.kernelWidth();
    eachTap(
        shape,
        (input, weights, output) -> {
          int tap = weights / channels;
          for (int g = 0; g < shape.groups(); g++) {
            Arrays.fill(sums, 0f);
            for (int f = g * filters; f < (g + 1) * filters; f++) {
              Plain.add(channels, dy[dyOffset + output + f], rows[f * channelTaps + tap], sums);
            }
            for (int c = 0; c < channels; c++) {
              dx[dxOffset + input + g * channels + c] += sums[c];
            }
          }
        },
        output -> {});
  }

  /**
   * A row for each tap and channel, of its filters; or for each filter and tap, of its channels.
   */
  private static float[][] weights(Conv2dShape s, float[] w, int wOffset, boolean byFilter) {
    int channels = s.inChannels() / s.groups();
    int taps = s.kernelHeight() * s.kernelWidth();
    float[][] rows =
        byFilter
            ? new float[s.filters() * taps][channels]
            : new float[taps * channels][s.filters()];
    for (int tap = 0; tap < taps; tap++) {
      for (int c = 0; c < channels; c++) {
        for (int f = 0; f < s.filters(); f++) {
          float weight = w[wOffset + (tap * channels + c) * s.filters() + f];
          if (byFilter) {
            rows[f * taps + tap][c] = weight;
          } else {
            rows[tap * channels + c][f] = weight;
          }
        }
      }
    }
    return rows;
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
    int groups = shape.groups();
    int channels = shape.inChannels() / groups;
    int filters = shape.filters() / groups;
    float[][] rows =
        new float[shape.kernelHeight() * shape.kernelWidth() * channels][shape.filters()];
    float[] pixel = new float[shape.filters()];
    eachTap(
        shape,
        (input, weights, output) -> {
          System.arraycopy(dy, dyOffset + output, pixel, 0, pixel.length);
          for (int c = 0; c < channels; c++) {
            if (groups == 1) {
              Plain.add(filters, x[xOffset + input + c], pixel, rows[weights + c]);
            } else {
              add(filters, x, xOffset + input + c, channels, pixel, rows[weights + c]);
            }
          }
        },
        output -> {});
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, dw, dwOffset + row * shape.filters(), shape.filters());
    }
  }

  @Override
  public void backwardBias(Conv2dShape shape, float[] dy, int dyOffset, float[] db, int dbOffset) {
    sumPixels(shape.filters(), shape.outElements(), dy, dyOffset, db, dbOffset);
  }

  @Override
  public void backwardWeights(
      Conv2dShape shape, float[] x, int xOffset, TileSource dy, float[] dw, int dwOffset) {
    float[] all = scratch(shape.outElements());
    dy.fill(all, 0, 0, dy.rows());
    backwardWeights(shape, x, xOffset, all, 0, dw, dwOffset);
  }

  @Override
  public void backwardBias(Conv2dShape shape, TileSource dy, float[] db, int dbOffset) {
    float[] all = scratch(shape.outElements());
    dy.fill(all, 0, 0, dy.rows());
    backwardBias(shape, all, 0, db, dbOffset);
  }

  private static void sumPixels(
      int filters, int elements, float[] dy, int dyOffset, float[] db, int dbOffset) {
    float[] pixel = new float[filters];
    float[] sums = new float[filters];
    for (int first = 0; first < elements; first += filters) {
      System.arraycopy(dy, dyOffset + first, pixel, 0, filters);
      Plain.add(filters, 1, pixel, sums);
    }
    System.arraycopy(sums, 0, db, dbOffset, filters);
  }

  /** Each group's filters see a pixel's channel of their own. */
  private static void add(
      int filters, float[] x, int first, int channels, float[] row, float[] sums) {
    for (int f = 0; f < sums.length; f++) {
      sums[f] += x[first + f / filters * channels] * row[f];
    }
  }

  private float[] scratch(int n) {
    if (scratch.length < n) {
      scratch = new float[n];
    }
    return scratch;
  }
}
