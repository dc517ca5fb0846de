package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.conv2d.special.SimdThreeWide;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.SimdChannelTiles;
import dev.lanewise.kernel.support.SimdRowTiles;
import dev.lanewise.kernel.support.SimdWindowTiles;
import dev.lanewise.kernel.support.TileCall;
import dev.lanewise.kernel.support.VectorWidth;

/**
 * Forward and backward-input: strips of grid rows, shared out among the team, each a matrix product
 * of a window's pixels and packed weights. An instance is what one thread of the team works with.
 *
 * <p>A grid row is cut into tiles as equal as possible; rows of few pixels, and those of which no
 * window can be made, are joined to one and packed.
 */
final class SimdConvGather {
  private static final float[] NONE = {};
  private static final int L = VectorWidth.LANES;
  private static final int ALIGNED = VectorWidth.ALIGNED;

  private static final int LEAST_ROWS = ConvGeometry.LEAST_COLS;
  private static final int PACKED = 0;
  private static final int EDGE = 0;
  private static final int TILE = 1;

  private final SimdConvWindow window = new SimdConvWindow();
  private final TileCall tile = new TileCall();
  private float[] target = NONE;
  private int image;
  private int group;

  /** Computes y of x and w. */
  static void forward(ConvCall c, Team team) {
    c.geometry.forward(c.shape, c.blocks.terms());
    c.gather(c.x, c.xAt, c.y, c.yAt, c.tileRows());
    run(c, team, false);
  }

  /** Computes x of y and w. */
  static void backwardInput(ConvCall c, Team team) {
    // Phases beyond the image hold no pixel, and a stride may be far larger than the image.
    int rowPhases = Math.min(c.shape.strideHeight(), c.shape.inHeight());
    int colPhases = Math.min(c.shape.strideWidth(), c.shape.inWidth());
    for (int row = 0; row < rowPhases; row++) {
      for (int col = 0; col < colPhases; col++) {
        ConvGeometry g = c.geometry;
        g.backwardInput(c.shape, row, col, c.blocks.terms());
        long fit = c.blocks.tileElements() / ((long) g.gridCols * g.targetChannels);
        c.gather(c.y, c.yAt, c.x, c.xAt, Math.clamp(fit, 1, g.gridRows));
        run(c, team, true);
      }
    }
  }

  private static void run(ConvCall c, Team team, boolean transposed) {
    ConvGeometry g = c.geometry;
    g.window.elements = c.blocks.windowElements();
    ConvPanels.pack(c, transposed);
    long work = (long) g.images * g.gridRows * g.gridCols * g.groups * g.groupTarget * g.terms;
    c.divided(team, g.images * c.strips(), work, SimdConvGather::strips);
  }

  private static void strips(ConvCall c, int from, int to, Scratch scratch) {
    SimdConvGather worker = scratch.object(SimdConvGather.class, SimdConvGather::new);
    worker.window.clear();
    worker.tile.b = c.panels;
    int strips = c.strips();
    for (int unit = from; unit < to; unit++) {
      int first = unit % strips * c.stripRows;
      int most = (int) Math.min(c.geometry.gridRows, first + (to - (long) unit) * c.stripRows);
      worker.image = unit / strips;
      worker.strip(c, first, most, scratch);
    }
    worker.tile.clear();
    worker.target = NONE;
  }

  /**
   * Computes a strip.
   *
   * @param most the row before which this thread's strips of the image end
   */
  private void strip(ConvCall c, int first, int most, Scratch scratch) {
    ConvGeometry g = c.geometry;
    int last = Math.min(most, first + c.stripRows);
    int pixels = (last - first) * g.gridCols;
    int pixel = (image * g.gridRows + first) * g.gridCols;
    int elements = pixels * g.targetChannels;
    target = c.tilesOnly ? scratch.floats(TILE, ALIGNED + elements) : c.target;
    int at = c.tilesOnly ? ALIGNED : c.targetAt + pixel * g.targetChannels;
    int next;
    for (int row = first; row < last; row = next) {
      int end = last;
      if (g.windowed) {
        end = window.provide(g.window, c.source, c.sourceAt, image, row, c.stripRows, most - row);
      }
      next = Math.min(last, end);
      rows(c, row, next, at + (row - first) * g.gridCols * g.targetChannels, scratch);
    }
    TileConsumer consumer = c.consumer;
    if (consumer != null) {
      consumer.accept(target, at, g.targetChannels, pixel, pixels, 0, g.targetChannels);
    }
  }

  /** Computes grid rows, which begin at {@code at} where the target's pixels are dense. */
  private void rows(ConvCall c, int first, int last, int at, Scratch scratch) {
    ConvGeometry g = c.geometry;
    if (g.threeWide) {
      threeWide(c, first, last, at);
      return;
    }
    int line = g.windowed ? g.gridCols : (last - first) * g.gridCols;
    for (group = 0; group < g.groups; group++) {
      int to = at + group * g.groupTarget;
      for (int pixel = first * g.gridCols; pixel < last * g.gridCols; pixel += line) {
        line(c, pixel, line, to, scratch);
        to += line * g.targetChannels;
      }
    }
  }

  /** Grid rows of an image of one channel. */
  private void threeWide(ConvCall c, int first, int last, int to) {
    ConvGeometry g = c.geometry;
    readWindow(c);
    tile.first = true;
    tile.firstGroup = 0;
    tile.groups = g.termGroups;
    tile.c = target;
    tile.ldc = g.targetChannels;
    int vectors;
    for (int n = 0; n < g.groupTarget; n += vectors * L) {
      vectors = g.panelVectors(n);
      int b = ConvPanels.at(g, 0, n);
      int at = to + n;
      for (int row = first; row < last; row++, at += g.gridCols * g.targetChannels) {
        SimdThreeWide.row(tile, vectors, g.gridCols, window.rowAt(g.window, row), b, at);
      }
    }
  }

  /** Computes neighbouring pixels, from {@code pixel} on, in tiles as equal as possible. */
  private void line(ConvCall c, int pixel, int pixels, int to, Scratch scratch) {
    ConvGeometry g = c.geometry;
    int columns = VectorWidth.roundedUp(g.groupTarget);
    int most = g.tileRows();
    int tiles = (pixels + most - 1) / most;
    int p = 0;
    for (int i = 0; i < tiles; i++) {
      int rows = Math.max(LEAST_ROWS, pixels / tiles + (i < pixels % tiles ? 1 : 0));
      // Where the smallest tile is too large, it overlaps the one before, or has rows to spare.
      p = Math.max(0, Math.min(p, pixels - rows));
      int count = Math.min(rows, pixels);
      if (count == rows && columns == g.groupTarget && g.dense()) {
        tile.c = target;
        tile.ldc = g.targetChannels;
        tile(c, pixel + p, rows, count, to + p * g.targetChannels, scratch);
      } else {
        tile.c = scratch.floats(EDGE, most * columns);
        tile.ldc = columns;
        tile(c, pixel + p, rows, count, 0, scratch);
        copyEdge(c, pixel + p, count, to + p * g.targetChannels);
      }
      p += rows;
    }
  }

  /** Computes a tile of {@code rows} pixels, {@code count} of them real, for all panels. */
  private void tile(ConvCall c, int pixel, int rows, int count, int to, Scratch scratch) {
    ConvGeometry g = c.geometry;
    int columns = VectorWidth.roundedUp(g.groupTarget);
    int most = Math.max(1, c.blocks.terms() / g.groupTerms);
    int a = 0;
    int done = 0;
    do {
      int groups = Math.min(most, g.termGroups - done);
      if (g.windowed) {
        readWindow(c);
        tile.firstGroup = done;
        tile.groups = groups;
        a = pixelAt(g, pixel);
      } else {
        int terms = groups * g.groupTerms;
        tile.oneGroup(scratch.ints(PACKED, rows * terms), 1, terms);
        tile.rowStride = terms;
        pack(c, pixel, count, done, groups);
      }
      tile.first = done == 0;
      int vectors;
      for (int n = 0; n < columns; n += vectors * L) {
        vectors = g.panelVectors(n);
        int b = ConvPanels.at(g, group, n) + done * g.groupTerms * vectors * L;
        if (g.channelwise) {
          SimdChannelTiles.run(rows, 1, tile, a + n, b, to + n);
        } else if (g.sideBySide) {
          SimdWindowTiles.run(rows, vectors, tile, a, b, to + n);
        } else {
          SimdRowTiles.run(rows, vectors, tile, a, b, to + n);
        }
      }
      done += groups;
    } while (done < g.termGroups);
  }

  private void readWindow(ConvCall c) {
    tile.bits = window.bits;
    tile.offsets = c.geometry.offsets;
    tile.step = 1;
    tile.ldb = L;
    tile.rowStride = c.geometry.colStep * c.geometry.window.channels;
    tile.terms = c.geometry.groupTerms;
  }

  /** Where a grid pixel lies in the window. */
  private int pixelAt(ConvGeometry g, int pixel) {
    return window.rowAt(g.window, pixel / g.gridCols)
        + group * g.groupSource
        + pixel % g.gridCols * tile.rowStride;
  }

  /** Packs what the taps from {@code first} on read for {@code count} pixels. */
  private void pack(ConvCall c, int pixel, int count, int first, int taps) {
    ConvGeometry g = c.geometry;
    ConvWindow w = g.window;
    int imageAt = c.sourceAt + image * w.sourceRows * w.sourceCols * w.channels;
    int to = 0;
    for (int r = 0; r < count; r++) {
      for (int t = first; t < first + taps; t++, to += g.groupSource) {
        int row = (pixel + r) / g.gridCols * g.rowStep + g.tapRow[t];
        int col = (pixel + r) % g.gridCols * g.colStep + g.tapCol[t];
        boolean inside = row >= 0 && row < w.sourceRows && col >= 0 && col < w.sourceCols;
        int from = imageAt + (row * w.sourceCols + col) * w.channels + group * g.groupSource;
        for (int k = 0; k < g.groupSource; k++) {
          tile.bits[to + k] = inside ? Float.floatToRawIntBits(c.source[from + k]) : 0;
        }
      }
    }
  }

  /** Copies the real part of an edge tile to its pixels of the target. */
  private void copyEdge(ConvCall c, int pixel, int count, int to) {
    ConvGeometry g = c.geometry;
    for (int r = 0; r < count; r++) {
      int at = to + r * g.targetChannels;
      if (!g.dense()) {
        int row = g.targetRow + (pixel + r) / g.gridCols * g.targetRowStep;
        int col = g.targetCol + (pixel + r) % g.gridCols * g.targetColStep;
        int out = (image * g.targetRows + row) * g.targetCols + col;
        at = c.targetAt + out * g.targetChannels + group * g.groupTarget;
      }
      System.arraycopy(tile.c, r * tile.ldc, target, at, g.groupTarget);
    }
  }
}
