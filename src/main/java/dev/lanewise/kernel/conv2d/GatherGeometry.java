package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.conv2d.special.SimdConvThreeWide;

/**
 * What forward and backward-input have in common, in numbers: every pixel of a grid gathers, tap by
 * tap, pixels of a source, and becomes a pixel of a target.
 *
 * <p>Grid pixel (i, j) reads for tap t the source pixel (i · rowStep + tapRow[t], j · colStep +
 * tapCol[t]), +0 outside the source, and becomes the target pixel (targetRow + i · targetRowStep,
 * targetCol + j · targetColStep). Forward: source x, target y, one grid. Backward-input: source dy,
 * target dx; with a stride, one grid for each phase (row, column) modulo the strides, since the
 * taps that count are the same for all pixels of a phase.
 *
 * <p>A <em>window</em> holds the source rows that some grid rows read, zeros of the padding
 * included, as [row][channel][phase][position] with column = position · colStep + phase: whatever
 * stride and dilation are, neighbouring grid pixels then read neighbouring floats.
 */
final class GatherGeometry {
  int images;
  int groups;
  int sourceRows;
  int sourceCols;
  int sourceChannels;
  int groupSource;
  int groupTarget;
  int gridRows;
  int gridCols;
  int rowStep;
  int colStep;
  int targetRows;
  int targetCols;
  int targetChannels;
  int targetRow;
  int targetCol;
  int targetRowStep;
  int targetColStep;
  int taps;
  int[] tapRow = new int[0];
  int[] tapCol = new int[0];

  /** kh · kernelWidth + kw. */
  int[] tapIndex = new int[0];

  /** Number of terms of each chain: taps · groupSource. */
  int terms;

  /** Where term k of the grid's first pixel lies in a window. */
  int[] termOffset = new int[0];

  int rowMin;
  int rowSpan;
  int colMin;
  int phases;
  int positions;
  int channelPitch;
  int rowPitch;

  /** Whether windows of a row are small enough to be used at all. */
  boolean windowed;

  /** Whether {@link SimdConvThreeWide} can compute the rows of this grid. */
  boolean threeWide;

  /** The grid of a forward call. */
  void forward(Conv2dShape s, int windowLimit) {
    images = s.batch();
    groups = s.groups();
    sourceRows = s.inHeight();
    sourceCols = s.inWidth();
    sourceChannels = s.inChannels();
    groupSource = s.inChannels() / groups;
    groupTarget = s.filters() / groups;
    gridRows = s.outHeight();
    gridCols = s.outWidth();
    rowStep = s.strideHeight();
    colStep = s.strideWidth();
    targetRows = gridRows;
    targetCols = gridCols;
    targetChannels = s.filters();
    targetRow = 0;
    targetCol = 0;
    targetRowStep = 1;
    targetColStep = 1;
    startTaps(s);
    for (int kh = 0; kh < s.kernelHeight(); kh++) {
      for (int kw = 0; kw < s.kernelWidth(); kw++) {
        tap(
            kh * s.dilationHeight() - s.padTop(),
            kw * s.dilationWidth() - s.padLeft(),
            kh * s.kernelWidth() + kw);
      }
    }
    layOut(windowLimit);
    threeWide =
        windowed
            && groupSource == 1
            && s.kernelWidth() == 3
            && colStep == 1
            && s.dilationWidth() == 1
            && gridCols >= SimdConvThreeWide.PIXELS;
  }

  /**
   * The grid of the input pixels (row, col), (row + strideHeight, col) and so on.
   *
   * @param row from 0, below both strideHeight and inHeight; {@code col} likewise
   */
  void backwardInput(Conv2dShape s, int row, int col, int windowLimit) {
    int high = s.strideHeight();
    int wide = s.strideWidth();
    images = s.batch();
    groups = s.groups();
    sourceRows = s.outHeight();
    sourceCols = s.outWidth();
    sourceChannels = s.filters();
    groupSource = s.filters() / groups;
    groupTarget = s.inChannels() / groups;
    targetRow = row;
    targetCol = col;
    targetRowStep = high;
    targetColStep = wide;
    targetRows = s.inHeight();
    targetCols = s.inWidth();
    targetChannels = s.inChannels();
    gridRows = (targetRows - 1 - targetRow) / high + 1;
    gridCols = (targetCols - 1 - targetCol) / wide + 1;
    rowStep = 1;
    colStep = 1;
    startTaps(s);
    for (int kh = 0; kh < s.kernelHeight(); kh++) {
      int tall = row + s.padTop() - kh * s.dilationHeight();
      for (int kw = 0; kw < s.kernelWidth() && tall % high == 0; kw++) {
        int broad = col + s.padLeft() - kw * s.dilationWidth();
        if (broad % wide == 0) {
          tap(tall / high, broad / wide, kh * s.kernelWidth() + kw);
        }
      }
    }
    layOut(windowLimit);
    threeWide = false;
  }

  /** Whether the target pixels of the grid lie side by side, row after row. */
  boolean dense() {
    return targetRowStep == 1 && targetColStep == 1;
  }

  /** Number of source rows that {@code rows} grid rows read. */
  long windowRows(int rows) {
    return (rows - 1L) * rowStep + rowSpan;
  }

  private void startTaps(Conv2dShape s) {
    int most = s.kernelHeight() * s.kernelWidth();
    if (tapIndex.length < most) { // the last to grow: there may not be memory for all three
      tapRow = new int[most];
      tapCol = new int[most];
      tapIndex = new int[most];
    }
    taps = 0;
  }

  private void tap(int row, int col, int index) {
    tapRow[taps] = row;
    tapCol[taps] = col;
    tapIndex[taps] = index;
    taps++;
  }

  private void layOut(int windowLimit) {
    terms = taps * groupSource;
    rowMin = 0;
    colMin = 0;
    rowSpan = 1;
    phases = 1;
    positions = gridCols;
    windowed = false;
    if (taps == 0) {
      return;
    }
    rowMin = Integer.MAX_VALUE;
    colMin = Integer.MAX_VALUE;
    int rowMax = Integer.MIN_VALUE;
    for (int t = 0; t < taps; t++) {
      rowMin = Math.min(rowMin, tapRow[t]);
      rowMax = Math.max(rowMax, tapRow[t]);
      colMin = Math.min(colMin, tapCol[t]);
    }
    rowSpan = rowMax - rowMin + 1;
    int furthest = 0;
    for (int t = 0; t < taps; t++) {
      phases = Math.max(phases, (tapCol[t] - colMin) % colStep + 1);
      furthest = Math.max(furthest, (tapCol[t] - colMin) / colStep);
    }
    positions = gridCols + furthest;
    long pitch = (long) positions * phases;
    windowed =
        pitch <= windowLimit
            && pitch * sourceChannels <= windowLimit
            && pitch * sourceChannels * rowSpan <= windowLimit;
    if (!windowed) {
      return;
    }
    channelPitch = (int) pitch;
    rowPitch = channelPitch * sourceChannels;
    if (termOffset.length < terms) {
      termOffset = new int[terms];
    }
    for (int t = 0, k = 0; t < taps; t++) {
      int col = tapCol[t] - colMin;
      int at = (tapRow[t] - rowMin) * rowPitch + col % colStep * positions + col / colStep;
      for (int c = 0; c < groupSource; c++) {
        termOffset[k++] = at + c * channelPitch;
      }
    }
  }
}
