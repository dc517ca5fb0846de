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

  int groups;
  int filters;
  int groupFilters;
  int outRows;
  int outCols;
  int inRows;
  int inCols;
  int channels;
  int groupChannels;
  int kernelCols;
  int strideRows;
  int strideCols;
  int dilationRows;
  int dilationCols;
  int padTop;
  int padLeft;

  /** kernelHeight · kernelWidth · channels of a group. */
  int terms;

  /** Filters of a group in whole vectors. */
  int padded;

  /** Whether tiles read the window, rather than packed pixels. */
  boolean windowed;

  /** How the input's windows lie. */
  final ConvWindow window = new ConvWindow();

  int run;
  private int tilesPerRun;

  /** Tiles of a group. */
  int tiles;

  int tileRows;

  /** Floats of a tile: {@link #tileRows} by {@link #padded}. */
  int tileSize;

  /** Sets the sizes. */
  void set(Conv2dShape s, int windowElements) {
    groups = s.groups();
    filters = s.filters();
    groupFilters = filters / groups;
    padded = ConvPanels.padded(groupFilters);
    outRows = s.outHeight();
    outCols = s.outWidth();
    inRows = s.inHeight();
    inCols = s.inWidth();
    channels = s.inChannels();
    groupChannels = channels / groups;
    kernelCols = s.kernelWidth();
    strideRows = s.strideHeight();
    strideCols = s.strideWidth();
    dilationRows = s.dilationHeight();
    dilationCols = s.dilationWidth();
    padTop = s.padTop();
    padLeft = s.padLeft();
    terms = s.kernelHeight() * kernelCols * groupChannels;
    run = groups == 1 && dilationCols == 1 ? kernelCols * channels : groupChannels;
    windowed = run >= LEAST_RUN && layOut(s, windowElements);
    if (!windowed) {
      run = terms;
    }
    tilesPerRun = Math.ceilDiv(run, MOST_ROWS);
    tileRows = Math.max(LEAST_ROWS, Math.ceilDiv(run, tilesPerRun));
    tiles = terms / run * tilesPerRun;
    tileSize = tileRows * padded;
  }

  private boolean layOut(Conv2dShape s, int windowElements) {
    window.elements = windowElements;
    window.source(inRows, inCols, channels);
    window.rows(-padTop, strideRows, (s.kernelHeight() - 1) * dilationRows + 1);
    return window.columns(-padLeft, strideCols, (kernelCols - 1) * dilationCols + 1, outCols);
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
    return tap / kernelCols * dilationRows * window.rowPitch
        + tap % kernelCols * dilationCols * channels
        + group * groupChannels
        + term % groupChannels;
  }
}
