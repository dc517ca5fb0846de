package dev.lanewise.bench.plain;

import dev.lanewise.kernel.conv2d.Conv2dShape;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Convolutions whose innermost loops run along a pixel's filters or channels, in arrays of their
 * own: from equal indices the compiler sees that it may vectorize them.
 */
public final class PlainConv2d {
  private PlainConv2d() {}

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

  /** The output, without bias. */
  public static void forward(Conv2dShape shape, float[] x, float[] w, float[] y) {
    int channels = shape.inChannels() / shape.groups();
    float[][] rows = weights(shape, w, false);
    float[] sums = new float[shape.filters()];
    eachTap(
        shape,
        (input, weights, output) -> {
          for (int c = 0; c < channels; c++) {
            add(shape, x, input + c, rows[weights + c], sums);
          }
        },
        output -> {
          System.arraycopy(sums, 0, y, output, sums.length);
          Arrays.fill(sums, 0f);
        });
  }

  /** The gradient with respect to the input. */
  public static void backwardInput(Conv2dShape shape, float[] dy, float[] w, float[] dx) {
    Arrays.fill(dx, 0f);
    int channels = shape.inChannels() / shape.groups();
    int filters = shape.filters() / shape.groups();
    int taps = shape.kernelHeight() * shape.kernelWidth();
    float[][] rows = weights(shape, w, true);
    float[] sums = new float[channels];
    eachTap(
        shape,
        (input, weights, output) -> {
          int tap = weights / channels;
          for (int g = 0; g < shape.groups(); g++) {
            Arrays.fill(sums, 0f);
            for (int f = g * filters; f < (g + 1) * filters; f++) {
              Plain.add(channels, dy[output + f], rows[f * taps + tap], sums);
            }
            for (int c = 0; c < channels; c++) {
              dx[input + g * channels + c] += sums[c];
            }
          }
        },
        output -> {});
  }

  /**
   * A row for each tap and channel, of its filters; or for each filter and tap, of its channels.
   */
  private static float[][] weights(Conv2dShape s, float[] w, boolean byFilter) {
    int channels = s.inChannels() / s.groups();
    int taps = s.kernelHeight() * s.kernelWidth();
    float[][] rows =
        byFilter
            ? new float[s.filters() * taps][channels]
            : new float[taps * channels][s.filters()];
    for (int tap = 0; tap < taps; tap++) {
      for (int c = 0; c < channels; c++) {
        for (int f = 0; f < s.filters(); f++) {
          float weight = w[(tap * channels + c) * s.filters() + f];
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

  /** The gradient with respect to the weights. */
  public static void backwardWeights(Conv2dShape shape, float[] x, float[] dy, float[] dw) {
    int channels = shape.inChannels() / shape.groups();
    int filters = shape.filters();
    float[][] rows = new float[shape.kernelHeight() * shape.kernelWidth() * channels][filters];
    float[] pixel = new float[filters];
    eachTap(
        shape,
        (input, weights, output) -> {
          System.arraycopy(dy, output, pixel, 0, filters);
          for (int c = 0; c < channels; c++) {
            add(shape, x, input + c, pixel, rows[weights + c]);
          }
        },
        output -> {});
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, dw, row * filters, filters);
    }
  }

  /** The gradient with respect to the bias. */
  public static void backwardBias(float[] dy, float[] db) {
    float[] pixel = new float[db.length];
    float[] sums = new float[db.length];
    for (int first = 0; first < dy.length; first += pixel.length) {
      System.arraycopy(dy, first, pixel, 0, pixel.length);
      Plain.add(pixel.length, 1, pixel, sums);
    }
    System.arraycopy(sums, 0, db, 0, sums.length);
  }

  /** Adds a pixel's channel times a row of filters; each group's see a channel of their own. */
  private static void add(Conv2dShape s, float[] x, int first, float[] row, float[] sums) {
    if (s.groups() == 1) {
      Plain.add(sums.length, x[first], row, sums);
    } else {
      add(s.filters() / s.groups(), x, first, s.inChannels() / s.groups(), row, sums);
    }
  }

  private static void add(
      int filters, float[] x, int first, int channels, float[] row, float[] sums) {
    for (int f = 0; f < sums.length; f++) {
      sums[f] += x[first + f / filters * channels] * row[f];
    }
  }
}
