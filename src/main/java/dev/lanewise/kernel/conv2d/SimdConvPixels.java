package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Rows;
import dev.lanewise.kernel.support.SimdPanelTiles;
import dev.lanewise.kernel.support.SimdTranspose;
import dev.lanewise.kernel.support.TileCall;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;

/**
 * Backward-input of few channels: vectors across neighbouring pixels, since across channels most of
 * their lanes would be empty. An instance is what one thread of the team works with.
 *
 * <p>Rows of the output's gradient are transposed, so that the pixels of a filter lie side by side,
 * with zeros around them. A tap is then a product of its weights (channels × filters) and, for each
 * row of the image, a window of that (filters × pixels), which goes on with the chains that the tap
 * before has left.
 */
final class SimdConvPixels {
  private static final int L = VectorWidth.LANES;

  /** Pixels of a tile. */
  private static final int PIXELS = 2 * L;

  /** Elements that the transposed rows of a row of the image may take: a second-level cache. */
  private static final int MOST_ELEMENTS = 1 << 18;

  private static final int TRANSPOSED = 0;
  private static final int CHAINS = 1;
  private static final int SQUARE = 2;
  private static final int WEIGHTS = 0;

  private final TileCall tile = new TileCall();

  /** Rows and columns of zeros before the gradient's first, and those that taps reach. */
  private int top;

  private int left;
  private int reachRows;
  private int reachCols;

  /** Distance between a filter's and the next one's pixels, and of chains' rows. */
  private int ld;

  private int rowPixels;

  /**
   * Whether a row's pixels fill half as much again of their vectors as the channels do, all of y is
   * within taps' reach, and the rows that a row's taps reach are not too long.
   */
  static boolean fits(Conv2dShape s) {
    int left = reachCols(s) - s.padLeft();
    return 2L * L * s.inWidth() >= 3L * s.inChannels() * rowPixels(s)
        && s.groups() == 1
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && reachRows(s) >= s.padTop()
        && left >= 0
        && s.outWidth() + left <= s.inWidth() + reachCols(s)
        && (reachRows(s) + 1) * rowElements(s) <= MOST_ELEMENTS;
  }

  private static int reachRows(Conv2dShape s) {
    return (s.kernelHeight() - 1) * s.dilationHeight();
  }

  private static int reachCols(Conv2dShape s) {
    return (s.kernelWidth() - 1) * s.dilationWidth();
  }

  /** Elements of a transposed row. */
  private static long rowElements(Conv2dShape s) {
    return (long) (rowPixels(s) + reachCols(s)) * s.filters();
  }

  private static int rowPixels(Conv2dShape s) {
    return (s.inWidth() + PIXELS - 1) / PIXELS * PIXELS;
  }

  private void begin(ConvCall c) {
    reachRows = reachRows(c.shape);
    reachCols = reachCols(c.shape);
    top = reachRows - c.shape.padTop();
    left = reachCols - c.shape.padLeft();
    rowPixels = rowPixels(c.shape);
    ld = rowPixels + reachCols;
  }

  /** Computes x of y and w. */
  static void run(ConvCall c, Team team) {
    Conv2dShape s = c.shape;
    long fit = 2L * c.blocks.windowElements() / rowElements(s) - reachRows(s);
    c.gather(c.y, c.yAt, c.x, c.xAt, Math.clamp(fit, 1, s.inHeight()));
    long work = (long) s.inElements() * s.kernelHeight() * s.kernelWidth() * c.filters;
    c.divided(team, c.images * strips(c), work, SimdConvPixels::strips);
  }

  private static int strips(ConvCall c) {
    return (c.shape.inHeight() + c.stripRows - 1) / c.stripRows;
  }

  private static void strips(ConvCall c, int from, int to, Scratch scratch) {
    SimdConvPixels worker = scratch.object(SimdConvPixels.class, SimdConvPixels::new);
    worker.begin(c);
    int[] weights = pack(c, scratch);
    int elements = (c.stripRows + worker.reachRows) * c.filters * worker.ld;
    float[] transposed = scratch.floats(TRANSPOSED, elements);
    Arrays.fill(transposed, 0, elements, 0f);
    int strips = strips(c);
    for (int unit = from; unit < to; unit++) {
      int first = unit % strips * c.stripRows;
      int rows = Math.min(c.stripRows, c.shape.inHeight() - first);
      worker.transpose(c, unit / strips, first - worker.top, rows, transposed, scratch);
      worker.strip(c, weights, rows, transposed, scratch);
      worker.store(c, (unit / strips * c.shape.inHeight() + first) * c.shape.inWidth(), rows);
    }
    worker.tile.clear();
  }

  /** Packs the weights of each few channels: taps, filters, and side by side those channels. */
  private static int[] pack(ConvCall c, Scratch scratch) {
    int channels = c.shape.inChannels();
    int taps = c.shape.kernelHeight() * c.shape.kernelWidth();
    int[] bits = scratch.ints(WEIGHTS, c.shape.weightElements());
    int to = 0;
    int height;
    for (int first = 0; first < channels; first += height) {
      height = height(channels - first);
      for (int tap = 0; tap < taps; tap++) {
        for (int f = 0; f < c.filters; f++) {
          for (int r = 0; r < height; r++) {
            int at = c.wAt + (tap * channels + first + r) * c.filters + f;
            bits[to++] = Float.floatToRawIntBits(c.w[at]);
          }
        }
      }
    }
    return bits;
  }

  private static int height(int channels) {
    return channels >= 4 ? 4 : channels >= 2 ? 2 : 1;
  }

  /** Transposes the rows of y that a strip's taps reach, from row {@code firstRow} on. */
  private void transpose(
      ConvCall c, int image, int firstRow, int rows, float[] to, Scratch scratch) {
    float[] square = scratch.floats(SQUARE, L * L);
    for (int r = 0; r < rows + reachRows; r++) {
      int row = firstRow + r;
      int at = r * c.filters * ld;
      if (row < 0 || row >= c.rows) {
        Arrays.fill(to, at, at + c.filters * ld, 0f);
        continue;
      }
      int from = c.yAt + (image * c.rows + row) * c.columns * c.filters;
      if (c.columns < L || c.filters < L) {
        elements(c, from, to, at + left, ld);
        continue;
      }
      for (int f = 0; f < c.filters; f += L) {
        int filter = Math.min(f, c.filters - L);
        for (int p = 0; p < c.columns; p += L) {
          int pixel = Math.min(p, c.columns - L);
          int square0 = from + pixel * c.filters + filter;
          SimdTranspose.square(
              c.y, square0, c.filters, to, at + filter * ld + left + pixel, ld, square);
        }
      }
    }
  }

  private static void elements(ConvCall c, int from, float[] to, int at, int ld) {
    for (int p = 0; p < c.columns; p++) {
      for (int f = 0; f < c.filters; f++) {
        to[at + f * ld + p] = c.y[from + p * c.filters + f];
      }
    }
  }

  /** Computes the chains of a strip, tap after tap. */
  private void strip(ConvCall c, int[] weights, int rows, float[] transposed, Scratch scratch) {
    Conv2dShape s = c.shape;
    int channels = s.inChannels();
    tile.b = transposed;
    tile.ldb = ld;
    tile.c = scratch.floats(CHAINS, rows * channels * rowPixels);
    tile.ldc = rowPixels;
    int a = 0;
    int height;
    for (int channel = 0; channel < channels; channel += height) {
      height = height(channels - channel);
      tile.oneGroup(weights, height, c.filters);
      tile.first = true;
      for (int kh = 0; kh < s.kernelHeight(); kh++) {
        for (int kw = 0; kw < s.kernelWidth(); kw++) {
          int b = (reachRows - kh * s.dilationHeight()) * c.filters * ld;
          tap(rows, channels, height, a, b + reachCols - kw * s.dilationWidth(), channel);
          tile.first = false;
          a += c.filters * height;
        }
      }
    }
  }

  private void tap(int rows, int channels, int height, int a, int b, int channel) {
    for (int r = 0; r < rows; r++) {
      int from = b + r * tile.terms * ld;
      int to = (r * channels + channel) * rowPixels;
      for (int p = 0; p < rowPixels; p += PIXELS) {
        SimdPanelTiles.run(height, 2, tile, a, from + p, to + p);
      }
    }
  }

  /** Stores the finished chains of rows, whose first pixel is {@code pixel}. */
  private void store(ConvCall c, int pixel, int rows) {
    int cols = c.shape.inWidth();
    int channels = c.shape.inChannels();
    int to = c.xAt + pixel * channels;
    if (channels == 1) {
      Rows.copy(rows, cols, tile.c, 0, rowPixels, c.x, to, cols);
      return;
    }
    for (int r = 0; r < rows; r++) {
      for (int p = 0; p < cols; p++) {
        for (int channel = 0; channel < channels; channel++) {
          c.x[to++] = tile.c[(r * channels + channel) * rowPixels + p];
        }
      }
    }
  }
}
