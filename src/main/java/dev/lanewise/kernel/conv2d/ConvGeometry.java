package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.conv2d.special.SimdThreeWide;
import dev.lanewise.kernel.support.VectorWidth;

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
 * <p>The terms of a chain come in groups, for each of which a register tile has an offset; the
 * terms of a group lie side by side. A tap is a group, its channels are the terms; or a row of the
 * kernel is one, where its taps follow on.
 */
final class ConvGeometry {
  /** A grid row is cut into tiles unless it has fewer pixels than this: the smallest tile's. */
  static final int LEAST_COLS = 4;

  int images;
  int groups;
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

  /** How the source's windows lie. */
  final ConvWindow window = new ConvWindow();

  /** Whether there are windows; otherwise pixels are packed straight from the source. */
  boolean windowed;

  /** Whether each source channel makes a target channel of its own; they count as one group. */
  boolean channelwise;

  /** Whether there is one channel, so that neighbouring pixels lie side by side. */
  boolean sideBySide;

  /** Whether {@link SimdThreeWide} computes the rows. */
  boolean threeWide;

  /** The most terms that are made one group. */
  private int mostTerms;

  /** Number of groups of terms. */
  int termGroups;

  /** Terms of a group. */
  int groupTerms;

  /** Where each group of terms lies in a window, for the grid's first pixel. */
  int[] offsets = new int[0];

  /**
   * The grid of a forward call.
   *
   * @param mostTerms the most terms that may be joined to one group
   */
  void forward(Conv2dShape s, int mostTerms) {
    this.mostTerms = mostTerms;
    images = s.batch();
    groups = s.groups();
    groupSource = s.inChannels() / groups;
    groupTarget = s.filters() / groups;
    window.source(s.inHeight(), s.inWidth(), s.inChannels());
    grid(s.outHeight(), s.outWidth(), s.strideHeight(), s.strideWidth());
    targetRows = gridRows;
    targetCols = gridCols;
    targetChannels = s.filters();
    target(0, 0, 1, 1);
    startTaps(s);
    for (int kh = 0; kh < s.kernelHeight(); kh++) {
      for (int kw = 0; kw < s.kernelWidth(); kw++) {
        int row = kh * s.dilationHeight() - s.padTop();
        tap(row, kw * s.dilationWidth() - s.padLeft(), kh * s.kernelWidth() + kw);
      }
    }
    layOut();
  }

  /**
   * The grid of the input pixels (row, col), (row + strideHeight, col) and so on.
   *
   * @param row from 0, below both strideHeight and inHeight; {@code col} likewise
   * @param mostTerms the most terms that may be joined to one group
   */
  void backwardInput(Conv2dShape s, int row, int col, int mostTerms) {
    this.mostTerms = mostTerms;
    int high = s.strideHeight();
    int wide = s.strideWidth();
    images = s.batch();
    groups = s.groups();
    groupSource = s.filters() / groups;
    groupTarget = s.inChannels() / groups;
    window.source(s.outHeight(), s.outWidth(), s.filters());
    targetRows = s.inHeight();
    targetCols = s.inWidth();
    targetChannels = s.inChannels();
    target(row, col, high, wide);
    grid((targetRows - 1 - row) / high + 1, (targetCols - 1 - col) / wide + 1, 1, 1);
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
    layOut();
  }

  /** Whether the target pixels of the grid lie side by side, row after row. */
  boolean dense() {
    return targetRowStep == 1 && targetColStep == 1;
  }

  /** Number of vectors of the panel of weights that begins at a target channel of a group. */
  int panelVectors(int column) {
    if (channelwise) {
      return 1;
    }
    // Four vectors need few rows, which want no more addresses than there are registers for; but
    // seven pixels would be two tiles of four.
    boolean four = VectorWidth.REGISTERS == 32 && !sideBySide && gridCols != 7;
    return ConvPanels.vectors(column, VectorWidth.roundedUp(groupTarget), four ? 4 : 2);
  }

  /** Most rows of a tile: of as many chains, and addresses of rows, as there are registers for. */
  int tileRows() {
    return switch (panelVectors(0)) {
      case 4 -> 6;
      case 2 -> VectorWidth.REGISTERS < 32 ? 5 : 13;
      default -> 8;
    };
  }

  private void grid(int rows, int cols, int rowStep, int colStep) {
    gridRows = rows;
    gridCols = cols;
    this.rowStep = rowStep;
    this.colStep = colStep;
  }

  private void target(int row, int col, int rowStep, int colStep) {
    targetRow = row;
    targetCol = col;
    targetRowStep = rowStep;
    targetColStep = colStep;
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

  private void layOut() {
    terms = taps * groupSource;
    termGroups = taps;
    groupTerms = groupSource;
    windowed = false;
    channelwise = false;
    sideBySide = false;
    threeWide = false;
    if (taps == 0 || gridCols < LEAST_COLS) {
      return;
    }
    int rowMin = Integer.MAX_VALUE;
    int rowMax = Integer.MIN_VALUE;
    int colMin = Integer.MAX_VALUE;
    int colMax = Integer.MIN_VALUE;
    for (int t = 0; t < taps; t++) {
      rowMin = Math.min(rowMin, tapRow[t]);
      rowMax = Math.max(rowMax, tapRow[t]);
      colMin = Math.min(colMin, tapCol[t]);
      colMax = Math.max(colMax, tapCol[t]);
    }
    window.rows(rowMin, rowStep, rowMax - rowMin + 1);
    windowed = window.columns(colMin, colStep, colMax - colMin + 1, gridCols);
    if (windowed) {
      if (offsets.length < taps) {
        offsets = new int[taps];
      }
      for (int t = 0; t < taps; t++) {
        int col = (tapCol[t] - colMin) * window.channels;
        offsets[t] = (tapRow[t] - rowMin) * window.rowPitch + col;
      }
      joinRows();
      if (groups > 1 && groupSource == 1 && groupTarget == 1) {
        channelwise = true;
        groupTarget = groups;
        groups = 1;
      }
      sideBySide = window.channels == 1 && colStep == 1;
      threeWide =
          sideBySide
              && dense()
              && groupTarget % VectorWidth.LANES == 0
              && SimdThreeWide.fits(groupTerms, gridCols);
    }
  }

  /** Makes each row of the kernel a group, if the terms of each lie side by side. */
  private void joinRows() {
    int cols = 1;
    while (cols < taps && tapRow[cols] == tapRow[0]) {
      cols++;
    }
    if ((long) cols * groupSource > mostTerms) {
      return;
    }
    for (int t = 0; t < taps; t++) {
      if (t % cols > 0 && offsets[t] - offsets[t - 1] != groupSource) {
        return;
      }
    }
    termGroups = taps / cols;
    groupTerms = cols * groupSource;
    for (int g = 0; g < termGroups; g++) {
      offsets[g] = offsets[g * cols];
    }
  }
}
