package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.SimdWindowTiles;
import dev.lanewise.kernel.support.TileCall;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Backward-weights. Per image and output row, a register tile of some weight rows by two vectors of
 * filters runs along the columns; the chains of a few output rows are added to the image's sum at a
 * time; images are added to 32 lanes.
 *
 * <p>Where there are enough tiles, the team divides them, and each member has lanes of its own;
 * otherwise it divides the lanes, each with its images. Either way every lane takes its images in
 * ascending order. An instance is what a member of the team works with.
 */
final class SimdConvWeights {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  /** Output rows whose chains are added at a time: a sum is then visited a fourth as often. */
  private static final int TOGETHER = 4;

  private final TileCall tile = new TileCall();
  private final SimdConvWindow window = new SimdConvWindow();
  private final Lanes sum = new Lanes();
  private int[] packed = {};
  private float[] panels = {};
  private float[] chains = {};
  private float[] image = {};

  /** The weight rows in hand. */
  private int group;

  private int first;
  private int last;

  private SimdConvWeights() {}

  /** Computes w of x and y. */
  static void run(ConvCall c, Team team) {
    WeightsGeometry g = c.weights;
    g.set(c.shape, c.blocks.windowElements());
    int tiles = c.shape.groups() * g.tiles;
    long work = (long) c.shape.outElements() * g.terms;
    if (tiles >= 2 * team.members() || c.images == 1) {
      c.divided(team, tiles, work, SimdConvWeights::tiles);
      return;
    }
    for (c.group = 0; c.group < c.shape.groups(); c.group++) {
      c.sumImages(team, g.tiles * g.tileSize, work, SimdConvWeights::lanes);
      c.alone(1, SimdConvWeights::group);
    }
  }

  private static SimdConvWeights of(Scratch scratch) {
    SimdConvWeights own = scratch.object(SimdConvWeights.class, SimdConvWeights::new);
    own.window.clear();
    return own;
  }

  /** Computes the tiles {@code from} to {@code to} − 1, as many at a time as the lanes allow. */
  private static void tiles(ConvCall c, int from, int to, Scratch scratch) {
    SimdConvWeights own = of(scratch);
    WeightsGeometry g = c.weights;
    long laneSize = (long) Math.clamp(c.images, 1, Lanes.COUNT) * g.tileSize;
    int fit = (int) Math.max(1, c.blocks.laneElements() / laneSize);
    for (int tile = from; tile < to; tile += own.last - own.first) {
      int first = tile % g.tiles;
      own.take(tile / g.tiles, first, Math.min(Math.min(first + fit, g.tiles), first + to - tile));
      own.allImages(c);
    }
  }

  private void allImages(ConvCall c) {
    sum.begin((last - first) * c.weights.tileSize);
    for (int block = 0; block < Lanes.blocks(c.images); block++) {
      int images = Lanes.size(c.images, block);
      int begin = block * Lanes.BLOCK;
      float[] lanes = sum.block(images);
      addImages(c, begin, begin + images, lanes, 0, Math.min(Lanes.COUNT, images));
    }
    write(c, sum);
  }

  /** Adds images of the block in hand to the lanes {@code from} to {@code to} − 1. */
  private static void lanes(ConvCall c, int from, int to, Scratch scratch) {
    SimdConvWeights own = of(scratch);
    own.take(c.group, 0, c.weights.tiles);
    own.addImages(c, c.firstImage, c.lastImage, c.lanes, from, to);
  }

  /** Writes a group's weights, once the lanes are filled. */
  private static void group(ConvCall c, int from, int to, Scratch scratch) {
    SimdConvWeights own = of(scratch);
    own.take(c.group, 0, c.weights.tiles);
    own.write(c, c.sum);
  }

  private void take(int group, int first, int last) {
    this.group = group;
    this.first = first;
    this.last = last;
  }

  /** Adds images {@code begin} to {@code end} − 1, a block, to the lanes from {@code from} on. */
  private void addImages(ConvCall c, int begin, int end, float[] lanes, int from, int to) {
    WeightsGeometry g = c.weights;
    int size = (last - first) * g.tileSize;
    image = grown(image, size);
    for (int lane = from; lane < to; lane++) {
      for (int n = begin + lane; n < end; n += Lanes.COUNT) {
        Arrays.fill(image, 0, size, 0f);
        addRows(c, n);
        addImage(image, size, lanes, lane * size);
      }
    }
  }

  /**
   * Sums the output rows of an image. The sum begins with +0, and rows that are missing to {@link
   * #TOGETHER} add +0: no bit of a lane, which is never −0, depends on the sign of a sum's zero.
   */
  private void addRows(ConvCall c, int n) {
    WeightsGeometry g = c.weights;
    boolean plain =
        c.shape.groups() == 1 && g.roundedFilters == c.filters && g.roundedFilters <= 2 * L;
    int rowElements = g.outCols * c.filters;
    int panelRow = g.outCols * g.roundedFilters;
    panels = grown(panels, plain ? 0 : TOGETHER * panelRow);
    chains = grown(chains, TOGETHER * g.tileRows * 2 * L);
    tile.c = chains;
    tile.terms = g.outCols;
    int rows;
    for (int oh = 0; oh < g.outRows; oh += rows) {
      int end = g.outRows;
      if (g.windowed) {
        end = window.provide(g.window, c.x, c.xAt, n, oh, TOGETHER, g.outRows - oh);
      }
      rows = Math.min(TOGETHER, end - oh);
      int y = c.yAt + (n * g.outRows + oh) * rowElements;
      for (int r = 0; r < rows && !plain; r++) {
        pack(c, y + r * rowElements + group * g.groupFilters, r * panelRow);
      }
      tile.b = plain ? c.y : panels;
      for (int t = first; t < last; t++) {
        int a = pixels(c, n, oh, rows, t);
        int aRow = g.windowed ? c.shape.strideHeight() * g.window.rowPitch : g.outCols * g.tileRows;
        int sums = (t - first) * g.tileSize;
        for (int f = 0; f < g.roundedFilters; f += 2 * L) {
          int vectors = ConvPanels.vectors(f, g.roundedFilters, 2);
          int b = plain ? y : f * g.outCols;
          addChains(g.tileRows, vectors, rows, a, aRow, b, panelRow, sums + f * g.tileRows);
        }
      }
    }
  }

  /** Points the tiles to a tile's pixels and returns where those of the first output row lie. */
  private int pixels(ConvCall c, int n, int oh, int rows, int t) {
    WeightsGeometry g = c.weights;
    if (g.windowed) {
      tile.bits = window.bits;
      tile.step = c.shape.strideWidth() * c.shape.inChannels();
      return window.rowAt(g.window, oh) + g.offset(group, g.term(t));
    }
    int rowSize = g.outCols * g.tileRows;
    if (packed.length < TOGETHER * rowSize) {
      packed = new int[TOGETHER * rowSize];
    }
    for (int r = 0; r < rows; r++) {
      for (int h = 0; h < g.realRows(t); h++) {
        packTerm(c, n, oh + r, g.term(t) + h, r * rowSize + h);
      }
    }
    tile.bits = packed;
    tile.step = g.tileRows;
    return 0;
  }

  /** The chains of a tile for some output rows, then their sum. */
  private void addChains(
      int height, int vectors, int rows, int a, int aRow, int b, int bRow, int sums) {
    int n = height * vectors * L;
    tile.ldc = vectors * L;
    for (int r = 0; r < rows; r++) {
      SimdWindowTiles.run(height, vectors, tile, a + r * aRow, b + r * bRow, r * n);
    }
    Arrays.fill(chains, rows * n, TOGETHER * n, 0f);
    addTogether(chains, n, image, sums);
  }

  /** Adds {@link #TOGETHER} stretches of n floats, one after the other. */
  private static void addTogether(float[] chains, int n, float[] to, int at) {
    for (int i = 0; i < n; i += L) {
      load(to, at + i)
          .add(load(chains, i))
          .add(load(chains, n + i))
          .add(load(chains, 2 * n + i))
          .add(load(chains, 3 * n + i))
          .intoArray(to, at + i);
    }
  }

  /** to[i] += from[i]; n is a multiple of the vector. */
  private static void addImage(float[] from, int n, float[] to, int at) {
    for (int i = 0; i < n; i += L) {
      load(to, at + i).add(load(from, i)).intoArray(to, at + i);
    }
  }

  /** Packs a row of dy, one group's filters, as panels of two vectors or one. */
  private void pack(ConvCall c, int from, int to) {
    WeightsGeometry g = c.weights;
    int at = to;
    for (int f = 0; f < g.roundedFilters; f += 2 * L) {
      int width = Math.min(2 * L, g.roundedFilters - f);
      int valid = Math.min(width, g.groupFilters - f);
      for (int ow = 0; ow < g.outCols; ow++, at += width) {
        int row = from + ow * c.filters + f;
        if (valid == 2 * L) {
          load(c.y, row).intoArray(panels, at);
          load(c.y, row + L).intoArray(panels, at + L);
        } else {
          System.arraycopy(c.y, row, panels, at, valid);
          Arrays.fill(panels, at + valid, at + width, 0f);
        }
      }
    }
  }

  /** Packs the pixels of a term for all columns of an output row, tileRows apart. */
  private void packTerm(ConvCall c, int n, int oh, int term, int to) {
    WeightsGeometry g = c.weights;
    Conv2dShape s = c.shape;
    int tap = term / g.groupChannels;
    int ih = oh * s.strideHeight() + tap / s.kernelWidth() * s.dilationHeight() - s.padTop();
    int iw = tap % s.kernelWidth() * s.dilationWidth() - s.padLeft();
    boolean inside = ih >= 0 && ih < s.inHeight();
    // Output columns from begin to end − 1 read the image.
    int begin = inside ? Math.clamp(Math.ceilDiv(-iw, s.strideWidth()), 0, g.outCols) : g.outCols;
    int end = Math.clamp(Math.ceilDiv((long) s.inWidth() - iw, s.strideWidth()), begin, g.outCols);
    int step = s.strideWidth() * s.inChannels();
    int from =
        c.xAt
            + ((n * s.inHeight() + ih) * s.inWidth() + iw) * s.inChannels()
            + group * g.groupChannels
            + term % g.groupChannels;
    for (int ow = 0; ow < begin; ow++) {
      packed[to + ow * g.tileRows] = 0;
    }
    for (int ow = begin; ow < end; ow++) {
      packed[to + ow * g.tileRows] = Float.floatToRawIntBits(c.x[from + ow * step]);
    }
    for (int ow = end; ow < g.outCols; ow++) {
      packed[to + ow * g.tileRows] = 0;
    }
  }

  /** Writes the sums of the weight rows in hand to w. */
  private void write(ConvCall c, Lanes lanes) {
    WeightsGeometry g = c.weights;
    image = grown(image, (last - first) * g.tileSize);
    lanes.total(image, 0);
    for (int t = first; t < last; t++) {
      int at = c.wAt + g.term(t) * c.filters + group * g.groupFilters;
      int from = (t - first) * g.tileSize;
      for (int f = 0; f < g.roundedFilters; f += 2 * L) {
        int width = Math.min(2 * L, g.roundedFilters - f);
        int valid = Math.min(width, g.groupFilters - f);
        for (int h = 0; h < g.realRows(t); h++) {
          int row = from + f * g.tileRows + h * width;
          System.arraycopy(image, row, c.w, at + h * c.filters + f, valid);
        }
      }
    }
  }

  private static float[] grown(float[] array, int length) {
    return array.length < length ? new float[length] : array;
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(S, from, at);
  }
}
