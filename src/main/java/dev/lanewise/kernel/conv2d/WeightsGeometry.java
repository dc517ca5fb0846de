package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.VectorWidth;

/**
 * What backward-weights multiplies, in numbers: for a weight row (kh, kw, c) of a group, called a
 * term, and an output row, the pixels that meet the gradients of the output columns.
 *
 * <p>Terms are computed in tiles of {@link #tileRows} by all filters of the group. In a window of
 * input rows, padding included, channels last, terms that follow on are mostly neighbours: the
 * channels of a tap, or, where taps touch, of a whole kernel row. Such a run is cut into tiles that
 * read the window as it is. Where runs are too short for that, or a window would be too large, all
 * terms are one run and are packed. The last tile of a run may have rows too many, which nobody
 * reads.
 */
final class WeightsGeometry {
  /** The least rows of a tile that there is, and the most, on 16 registers (AVX2) and on 32. */
  private static final int LEAST_ROWS = 4;

  private static final int MOST_ROWS = VectorWidth.REGISTERS == 32 ? 12 : 5;

  /** Shorter runs are packed. */
  private static final int LEAST_RUN = 3;

  private Conv2dShape shape = Conv2dShape.valid(0, 1, 1, 1, 1, 1, 1);
  int groupFilters;
  int groupChannels;
  int outRows;
  int outCols;

  /** kernelHeight · kernelWidth · channels of a group. */
  int terms;

  /** Filters of a group, rounded up to whole vectors. */
  int roundedFilters;

  /** Whether tiles read the window, rather than packed pixels. */
  boolean windowed;

  /** How the input's windows lie. */
  final ConvWindow window = new ConvWindow();

  int run;
  private int tilesPerRun;

  /** Tiles of a group. */
  int tiles;

  int tileRows;

  /** Floats of a tile: {@link #tileRows} by {@link #roundedFilters}. */
  int tileSize;

  /** Sets the sizes. */
  void set(Conv2dShape s, int windowElements) {
    shape = s;
    groupFilters = s.filters() / s.groups();
    groupChannels = s.inChannels() / s.groups();
    roundedFilters = VectorWidth.roundedUp(groupFilters);
    outRows = s.outHeight();
    outCols = s.outWidth();
    terms = s.kernelHeight() * s.kernelWidth() * groupChannels;
    boolean touch = s.groups() == 1 && s.dilationWidth() == 1;
    run = touch ? s.kernelWidth() * groupChannels : groupChannels;
    windowed = run >= LEAST_RUN && layOut(s, windowElements);
    if (!windowed) {
      run = terms;
    }
    tilesPerRun = Math.ceilDiv(run, MOST_ROWS);
    tileRows = Math.max(LEAST_ROWS, Math.ceilDiv(run, tilesPerRun));
    tiles = terms / run * tilesPerRun;
    tileSize = tileRows * roundedFilters;
  }

  private boolean layOut(Conv2dShape s, int windowElements) {
    window.elements = windowElements;
    window.source(s.inHeight(), s.inWidth(), s.inChannels());
    window.rows(-s.padTop(), s.strideHeight(), (s.kernelHeight() - 1) * s.dilationHeight() + 1);
    int span = (s.kernelWidth() - 1) * s.dilationWidth() + 1;
    return window.columns(-s.padLeft(), s.strideWidth(), span, outCols);
  }

  /** The first term of a tile. */
  int term(int tile) {
    return tile / tilesPerRun * run + tile % tilesPerRun * tileRows;
  }

  /** How many rows of a tile are terms. */
  int realRows(int tile) {
    return Math.min(tileRows, run - tile % tilesPerRun * tileRows);
  }

  /** Where a term's pixel for the first output pixel of a window lies. */
  int offset(int group, int term) {
    int tap = term / groupChannels;
    return tap / shape.kernelWidth() * shape.dilationHeight() * window.rowPitch
        + tap % shape.kernelWidth() * shape.dilationWidth() * shape.inChannels()
        + group * groupChannels
        + term % groupChannels;
  }
}
