package dev.lanewise.kernel.conv2d;

/**
 * How a window lies in memory: a copy of some rows of an image, channels last as the image has
 * them, zeros of the padding included. A row of it is the source's columns from {@code colMin} on.
 *
 * <p>Output row i reads {@link #rowSpan} rows from {@code i · rowStep + rowMin} on.
 */
final class ConvWindow {
  /** A window beyond this (16 MB) is not made; only kernels of huge reach ask for it. */
  static final int LIMIT = 1 << 22;

  int sourceRows;
  int sourceCols;
  int channels;
  int rowMin;
  int rowStep;
  int rowSpan;
  int colMin;

  /** Elements of a row. */
  int rowPitch;

  /** About how many elements a window shall have. */
  int elements;

  /** Sets the size of the images that windows are copied from. */
  void source(int rows, int cols, int channels) {
    sourceRows = rows;
    sourceCols = cols;
    this.channels = channels;
  }

  /** Sets the rows that are read. */
  void rows(int min, int step, int span) {
    rowMin = min;
    rowStep = step;
    rowSpan = span;
  }

  /**
   * Sets the columns that are read: {@code span} for each of {@code outputs} outputs, the first
   * output's from {@code min} on, the next one's {@code step} further on.
   *
   * @return whether windows of a row are small enough to be made at all
   */
  boolean columns(int min, int step, int span, int outputs) {
    colMin = min;
    long pitch = ((outputs - 1L) * step + span) * channels;
    if (pitch > LIMIT || pitch * rowSpan > LIMIT) {
      return false;
    }
    rowPitch = (int) pitch;
    return true;
  }

  /** Number of source rows that {@code outputs} output rows read. */
  int height(int outputs) {
    return (outputs - 1) * rowStep + rowSpan;
  }

  /** Number of output rows whose window has about {@link #elements}; less than 1 if none has. */
  long outputs() {
    return (elements / rowPitch - (long) rowSpan) / rowStep + 1;
  }
}
