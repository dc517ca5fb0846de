package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.pool.ScalarMaxPool2d;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.Recycler;
import java.util.Arrays;

/**
 * Convolutions in plain loops: the definition of the result. Outputs run innermost, so that a
 * chain's order is the order of the outer loops.
 */
public final class ScalarConv2d implements Conv2d {
  /** Floats of a tile: 24 KB, within a consumer's 8 to 32 KB and a first-level cache. */
  private static final int TILE_ELEMENTS = 6144;

  private final Recycler<Memory> memories = new Recycler<>(Memory::new);
  private final Recycler<Spread> spreads = new Recycler<>(Spread::new);
  private final ScalarMaxPool2d pool = new ScalarMaxPool2d();

  /** Builds the scalar twin. */
  public ScalarConv2d() {}

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
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float[] y,
      int yOffset,
      TileConsumer consumer) {
    Conv2dArguments.forward(shape, x, xOffset, w, wOffset, y, yOffset);
    Check.consumer(consumer);
    int height = shape.outHeight();
    int rowElements = shape.outWidth() * shape.filters();
    int tileRows = Conv2dArguments.tileRows(shape, consumer.rowMultiple(), TILE_ELEMENTS);
    for (int n = 0; n < shape.batch(); n++) {
      for (int oh = 0; oh < height; oh += tileRows) {
        int rows = Math.min(tileRows, height - oh);
        int at = yOffset + (n * height + oh) * rowElements;
        forwardRows(shape, x, xOffset, w, wOffset, y, at, n, oh, rows);
        finish(shape, consumer, y, at, n, oh, rows);
      }
    }
  }

  @Override
  public void forwardTiles(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, TileConsumer consumer) {
    Conv2dArguments.forwardTiles(shape, x, xOffset, w, wOffset);
    Check.consumer(consumer);
    int height = shape.outHeight();
    int tileRows = Conv2dArguments.tileRows(shape, consumer.rowMultiple(), TILE_ELEMENTS);
    Memory memory = memories.take();
    try {
      float[] tile = memory.tile(tileRows * shape.outWidth() * shape.filters());
      for (int n = 0; n < shape.batch(); n++) {
        for (int oh = 0; oh < height; oh += tileRows) {
          int rows = Math.min(tileRows, height - oh);
          forwardRows(shape, x, xOffset, w, wOffset, tile, 0, n, oh, rows);
          finish(shape, consumer, tile, 0, n, oh, rows);
        }
      }
    } finally {
      memories.give(memory);
    }
  }

  private static void finish(
      Conv2dShape shape, TileConsumer consumer, float[] tile, int at, int n, int oh, int rows) {
    int width = shape.outWidth();
    int filters = shape.filters();
    int row = (n * shape.outHeight() + oh) * width;
    consumer.accept(tile, at, filters, row, rows * width, 0, filters);
  }

  /** Output rows oh to oh + rows − 1 of image n. */
  private static void forwardRows(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float[] y,
      int yOffset,
      int n,
      int firstRow,
      int rows) {
    int filters = shape.filters();
    int groups = shape.groups();
    int groupFilters = filters / groups;
    int groupChannels = shape.inChannels() / groups;
    int width = shape.outWidth();
    Arrays.fill(y, yOffset, yOffset + rows * width * filters, 0f);
    for (int r = 0; r < rows; r++) {
      for (int ow = 0; ow < width; ow++) {
        int out = yOffset + (r * width + ow) * filters;
        for (int kh = 0; kh < shape.kernelHeight(); kh++) {
          for (int kw = 0; kw < shape.kernelWidth(); kw++) {
            int pixel = pixel(shape, n, firstRow + r, ow, kh, kw);
            for (int g = 0; g < groups; g++) {
              for (int c = 0; c < groupChannels; c++) {
                float value = pixel < 0 ? 0f : x[xOffset + pixel + g * groupChannels + c];
                int weight = weight(shape, kh, kw, c, g * groupFilters);
                axpy(groupFilters, value, w, wOffset + weight, y, out + g * groupFilters);
              }
            }
          }
        }
      }
    }
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
    Conv2dArguments.backwardInput(shape, dy, dyOffset, w, wOffset, dx, dxOffset);
    int channels = shape.inChannels();
    Arrays.fill(dx, dxOffset, dxOffset + shape.inElements(), 0f);
    int at = dxOffset;
    for (int n = 0; n < shape.batch(); n++) {
      for (int ih = 0; ih < shape.inHeight(); ih++) {
        for (int iw = 0; iw < shape.inWidth(); iw++) {
          for (int kh = 0; kh < shape.kernelHeight(); kh++) {
            int high = ih + shape.padTop() - kh * shape.dilationHeight();
            for (int kw = 0; kw < shape.kernelWidth(); kw++) {
              int wide = iw + shape.padLeft() - kw * shape.dilationWidth();
              if (high % shape.strideHeight() == 0 && wide % shape.strideWidth() == 0) {
                int oh = high / shape.strideHeight();
                int ow = wide / shape.strideWidth();
                tapBackward(shape, dy, dyOffset, w, wOffset, dx, at, n, oh, ow, kh, kw);
              }
            }
          }
          at += channels;
        }
      }
    }
  }

  /** The terms of one tap for the channels of one input pixel. */
  private static void tapBackward(
      Conv2dShape shape,
      float[] dy,
      int dyOffset,
      float[] w,
      int wOffset,
      float[] dx,
      int dxAt,
      int n,
      int oh,
      int ow,
      int kh,
      int kw) {
    int filters = shape.filters();
    int groupFilters = filters / shape.groups();
    int groupChannels = shape.inChannels() / shape.groups();
    int height = shape.outHeight();
    int width = shape.outWidth();
    boolean inside = oh >= 0 && oh < height && ow >= 0 && ow < width;
    int out = inside ? dyOffset + ((n * height + oh) * width + ow) * filters : 0;
    for (int f = 0; f < filters; f++) {
      float gradient = inside ? dy[out + f] : 0f;
      int from = dxAt + f / groupFilters * groupChannels;
      for (int c = 0; c < groupChannels; c++) {
        float weight = w[wOffset + weight(shape, kh, kw, c, f)];
        dx[from + c] = Fma.fma(gradient, weight, dx[from + c]);
      }
    }
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
    Conv2dArguments.backwardWeights(shape, x, xOffset, dy, dyOffset, dw, dwOffset);
    int groupChannels = shape.inChannels() / shape.groups();
    Memory memory = memories.take();
    try {
      int at = dwOffset;
      for (int kh = 0; kh < shape.kernelHeight(); kh++) {
        for (int kw = 0; kw < shape.kernelWidth(); kw++) {
          for (int c = 0; c < groupChannels; c++) {
            Lanes sum = memory.sum;
            sum.begin(shape.filters());
            for (int n = 0; n < shape.batch(); n++) {
              imageWeights(shape, x, xOffset, dy, dyOffset, memory, n, kh, kw, c);
              sum.add(memory.image, 0);
            }
            sum.total(dw, at);
            at += shape.filters();
          }
        }
      }
    } finally {
      memories.give(memory);
    }
  }

  /** What image n gives to the weights (kh, kw, c) of all filters, into memory.image. */
  private static void imageWeights(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      Memory memory,
      int n,
      int kh,
      int kw,
      int c) {
    int filters = shape.filters();
    int groupFilters = filters / shape.groups();
    int groupChannels = shape.inChannels() / shape.groups();
    int width = shape.outWidth();
    float[] row = memory.row(filters);
    for (int oh = 0; oh < shape.outHeight(); oh++) {
      Arrays.fill(row, 0, filters, 0f);
      for (int ow = 0; ow < width; ow++) {
        int pixel = pixel(shape, n, oh, ow, kh, kw);
        int out = dyOffset + ((n * shape.outHeight() + oh) * width + ow) * filters;
        for (int g = 0; g < shape.groups(); g++) {
          float value = pixel < 0 ? 0f : x[xOffset + pixel + g * groupChannels + c];
          axpy(groupFilters, value, dy, out + g * groupFilters, row, g * groupFilters);
        }
      }
      memory.addRow(oh, filters);
    }
  }

  @Override
  public void backwardBias(Conv2dShape shape, float[] dy, int dyOffset, float[] db, int dbOffset) {
    Conv2dArguments.backwardBias(shape, dy, dyOffset, db, dbOffset);
    addImages(
        shape.batch(),
        shape.outHeight(),
        shape.outWidth(),
        shape.filters(),
        dy,
        dyOffset,
        db,
        dbOffset);
  }

  /** The sum of each filter's gradients over all pixels of all images. */
  private void addImages(
      int images,
      int rows,
      int columns,
      int filters,
      float[] dy,
      int dyOffset,
      float[] db,
      int dbOffset) {
    Memory memory = memories.take();
    try {
      Lanes sum = memory.sum;
      sum.begin(filters);
      float[] row = memory.row(filters);
      int at = dyOffset;
      for (int n = 0; n < images; n++) {
        for (int oh = 0; oh < rows; oh++) {
          Arrays.fill(row, 0, filters, 0f);
          for (int ow = 0; ow < columns; ow++) {
            for (int f = 0; f < filters; f++) {
              row[f] += dy[at + f];
            }
            at += filters;
          }
          memory.addRow(oh, filters);
        }
        sum.add(memory.image, 0);
      }
      sum.total(db, dbOffset);
    } finally {
      memories.give(memory);
    }
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
    Conv2dArguments.backwardWeightsPooled(
        shape, window, x, xOffset, dy, dyOffset, taps, tapsOffset, dw, dwOffset);
    Spread spread = spreads.take();
    float[] all = spread.room(window.inElements());
    pool.backward(window, dy, dyOffset, taps, tapsOffset, all, 0);
    backwardWeights(shape, x, xOffset, all, 0, dw, dwOffset);
    spreads.give(spread);
  }

  @Override
  public void backwardBiasPooled(
      Pool2dShape window,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] db,
      int dbOffset) {
    Conv2dArguments.backwardBiasPooled(window, dy, dyOffset, taps, tapsOffset, db, dbOffset);
    Spread spread = spreads.take();
    float[] all = spread.room(window.inElements());
    pool.backward(window, dy, dyOffset, taps, tapsOffset, all, 0);
    addImages(
        window.batch(),
        window.inHeight(),
        window.inWidth(),
        window.channels(),
        all,
        0,
        db,
        dbOffset);
    spreads.give(spread);
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
  private static int weight(Conv2dShape shape, int kh, int kw, int c, int f) {
    int groupChannels = shape.inChannels() / shape.groups();
    return ((kh * shape.kernelWidth() + kw) * groupChannels + c) * shape.filters() + f;
  }

  /** c[i] = fma(value, b[i], c[i]). */
  private static void axpy(int n, float value, float[] b, int bAt, float[] c, int cAt) {
    for (int i = 0; i < n; i++) {
      c[cAt + i] = Fma.fma(value, b[bAt + i], c[cAt + i]);
    }
  }

  /** What a call works with; one call at a time. */
  private static final class Memory {
    final Lanes sum = new Lanes();
    float[] image = new float[0];
    private float[] row = new float[0];
    private float[] tile = new float[0];

    float[] tile(int length) {
      if (tile.length < length) {
        tile = new float[length];
      }
      return tile;
    }

    float[] row(int filters) {
      if (image.length < filters) { // the last to grow: there may not be memory for both
        row = new float[filters];
        image = new float[filters];
      }
      return row;
    }

    /** Adds the chain of an output row to the image; an image starts as its first row. */
    void addRow(int oh, int filters) {
      for (int f = 0; f < filters; f++) {
        image[f] = oh == 0 ? row[f] : image[f] + row[f];
      }
    }
  }
}
