package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.Scratch;
import java.util.Arrays;

/**
 * Convolutions in plain loops: the definition of the result. Outputs run innermost, so that a
 * chain's order is the order of the outer loops.
 */
public final class ScalarConv2d extends CheckedConv2d {
  private static final int TILE = 0;
  private static final int ROW = 1;
  private static final int IMAGE = 2;

  /** Builds the scalar twin. */
  public ScalarConv2d() {
    super(null, ConvBlocks.USUAL);
  }

  @Override
  void forward(ConvCall c) {
    c.alone(c.images, ScalarConv2d::forwardImages);
  }

  private static void forwardImages(ConvCall c, int from, int to, Scratch scratch) {
    int rowElements = c.columns * c.filters;
    int tileRows = c.tileRows();
    float[] tile = c.tilesOnly ? scratch.floats(TILE, tileRows * rowElements) : c.y;
    TileConsumer consumer = c.consumer;
    for (int n = from; n < to; n++) {
      for (int oh = 0; oh < c.rows; oh += tileRows) {
        int rows = Math.min(tileRows, c.rows - oh);
        int first = n * c.rows + oh;
        int at = c.tilesOnly ? 0 : c.yAt + first * rowElements;
        for (int r = 0; r < rows; r++) {
          forwardRow(c, n, oh + r, tile, at + r * rowElements);
        }
        if (consumer != null) {
          int pixels = rows * c.columns;
          consumer.accept(tile, at, c.filters, first * c.columns, pixels, 0, c.filters);
        }
      }
    }
  }

  /** Output row {@code oh} of image {@code n}. */
  private static void forwardRow(ConvCall c, int n, int oh, float[] y, int yAt) {
    Conv2dShape s = c.shape;
    Arrays.fill(y, yAt, yAt + c.columns * c.filters, 0f);
    for (int ow = 0; ow < c.columns; ow++) {
      for (int kh = 0; kh < s.kernelHeight(); kh++) {
        for (int kw = 0; kw < s.kernelWidth(); kw++) {
          forwardTap(c, pixel(s, n, oh, ow, kh, kw), kh, kw, y, yAt + ow * c.filters);
        }
      }
    }
  }

  /** The terms of one tap for the filters of one output pixel. */
  private static void forwardTap(ConvCall c, int pixel, int kh, int kw, float[] y, int yAt) {
    for (int g = 0; g < c.shape.groups(); g++) {
      int out = g * c.groupFilters;
      for (int channel = 0; channel < c.groupChannels; channel++) {
        float value = pixel < 0 ? 0f : c.x[c.xAt + pixel + g * c.groupChannels + channel];
        axpy(c.groupFilters, value, c.w, weight(c, kh, kw, channel, out), y, yAt + out);
      }
    }
  }

  @Override
  void backwardInput(ConvCall c) {
    Conv2dShape s = c.shape;
    Arrays.fill(c.x, c.xAt, c.xAt + s.inElements(), 0f);
    int at = c.xAt;
    for (int n = 0; n < c.images; n++) {
      for (int ih = 0; ih < s.inHeight(); ih++) {
        for (int iw = 0; iw < s.inWidth(); iw++) {
          inputPixel(c, n, ih, iw, at);
          at += s.inChannels();
        }
      }
    }
  }

  private static void inputPixel(ConvCall c, int n, int ih, int iw, int at) {
    Conv2dShape s = c.shape;
    for (int kh = 0; kh < s.kernelHeight(); kh++) {
      int high = ih + s.padTop() - kh * s.dilationHeight();
      for (int kw = 0; kw < s.kernelWidth(); kw++) {
        int wide = iw + s.padLeft() - kw * s.dilationWidth();
        if (high % s.strideHeight() == 0 && wide % s.strideWidth() == 0) {
          int oh = high / s.strideHeight();
          int ow = wide / s.strideWidth();
          boolean inside = oh >= 0 && oh < c.rows && ow >= 0 && ow < c.columns;
          int out = inside ? c.yAt + ((n * c.rows + oh) * c.columns + ow) * c.filters : -1;
          inputTap(c, out, kh, kw, at);
        }
      }
    }
  }

  /** The terms of one tap for the channels of one input pixel. */
  private static void inputTap(ConvCall c, int out, int kh, int kw, int at) {
    for (int f = 0; f < c.filters; f++) {
      float gradient = out < 0 ? 0f : c.y[out + f];
      int from = at + f / c.groupFilters * c.groupChannels;
      for (int channel = 0; channel < c.groupChannels; channel++) {
        float weight = c.w[weight(c, kh, kw, channel, f)];
        c.x[from + channel] = Fma.fma(gradient, weight, c.x[from + channel]);
      }
    }
  }

  @Override
  void backwardWeights(ConvCall c) {
    c.alone(c.shape.weightElements() / c.filters, ScalarConv2d::weightRows);
  }

  /** The weights (kh, kw, channel) of all filters, a row each. */
  private static void weightRows(ConvCall c, int from, int to, Scratch scratch) {
    float[] image = scratch.floats(IMAGE, c.filters);
    float[] row = scratch.floats(ROW, c.filters);
    for (int at = from; at < to; at++) {
      int tap = at / c.groupChannels;
      int kh = tap / c.shape.kernelWidth();
      int kw = tap % c.shape.kernelWidth();
      int channel = at % c.groupChannels;
      c.sum.begin(c.filters);
      for (int n = 0; n < c.images; n++) {
        for (int oh = 0; oh < c.rows; oh++) {
          Arrays.fill(row, 0, c.filters, 0f);
          for (int ow = 0; ow < c.columns; ow++) {
            int y = c.yAt + ((n * c.rows + oh) * c.columns + ow) * c.filters;
            weightTap(c, pixel(c.shape, n, oh, ow, kh, kw), channel, y, row);
          }
          addRow(oh, c.filters, row, image);
        }
        c.sum.add(image, 0);
      }
      c.sum.total(c.w, c.wAt + at * c.filters);
    }
  }

  /** What one pixel gives to a channel's weights of all filters. */
  private static void weightTap(ConvCall c, int pixel, int channel, int y, float[] row) {
    for (int g = 0; g < c.shape.groups(); g++) {
      float value = pixel < 0 ? 0f : c.x[c.xAt + pixel + g * c.groupChannels + channel];
      axpy(c.groupFilters, value, c.y, y + g * c.groupFilters, row, g * c.groupFilters);
    }
  }

  @Override
  void backwardBias(ConvCall c) {
    c.alone(1, ScalarConv2d::bias);
  }

  /** The sum of each filter's gradients over all pixels of all images. */
  private static void bias(ConvCall c, int from, int to, Scratch scratch) {
    c.sum.begin(c.filters);
    float[] image = scratch.floats(IMAGE, c.filters);
    float[] row = scratch.floats(ROW, c.filters);
    int at = c.yAt;
    for (int n = 0; n < c.images; n++) {
      for (int oh = 0; oh < c.rows; oh++) {
        Arrays.fill(row, 0, c.filters, 0f);
        for (int ow = 0; ow < c.columns; ow++) {
          for (int f = 0; f < c.filters; f++) {
            row[f] += c.y[at + f];
          }
          at += c.filters;
        }
        addRow(oh, c.filters, row, image);
      }
      c.sum.add(image, 0);
    }
    c.sum.total(c.b, c.bAt);
  }

  /** Adds the chain of an output row to the image; an image starts as its first row. */
  private static void addRow(int oh, int filters, float[] row, float[] image) {
    for (int f = 0; f < filters; f++) {
      image[f] = oh == 0 ? row[f] : image[f] + row[f];
    }
  }

  /** Where in x the pixel lies that tap (kh, kw) of an output pixel reads; −1 outside the image. */
  private static int pixel(Conv2dShape shape, int n, int oh, int ow, int kh, int kw) {
    int ih = oh * shape.strideHeight() + kh * shape.dilationHeight() - shape.padTop();
    int iw = ow * shape.strideWidth() + kw * shape.dilationWidth() - shape.padLeft();
    return ih < 0 || ih >= shape.inHeight() || iw < 0 || iw >= shape.inWidth()
        ? -1
        : ((n * shape.inHeight() + ih) * shape.inWidth() + iw) * shape.inChannels();
  }

  /** Where in w a weight lies. */
  private static int weight(ConvCall c, int kh, int kw, int channel, int f) {
    int row = (kh * c.shape.kernelWidth() + kw) * c.groupChannels + channel;
    return c.wAt + row * c.filters + f;
  }

  /** c[i] = fma(value, b[i], c[i]). */
  private static void axpy(int n, float value, float[] b, int bAt, float[] c, int cAt) {
    for (int i = 0; i < n; i++) {
      c[cAt + i] = Fma.fma(value, b[bAt + i], c[cAt + i]);
    }
  }
}
