package dev.lanewise.kernel.conv2d;

/**
 * How a window lies in memory: a copy of some rows of an image, zeros of the padding included, in
 * an order in which register tiles find neighbours side by side.
 *
 * <p>A row is [channel][phase][position], the source's column being {@code colMin + position ·
 * colStep + phase}: whatever a column stride is, pixels that neighbouring outputs read under the
 * same tap are neighbours. Output row i reads {@link #rowSpan} rows from {@code i · rowStep +
 * rowMin} on.
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
  int colStep;
  int phases;
  int positions;
  private int period;

  /** Distance between the channels of a row: phases · positions. */
  int channelPitch;

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
   * output's from {@code min} on.
   *
   * @param apart whether each of the columns gets a phase of its own, so that they lie at one
   *     distance from each other; otherwise there are no more phases than the step has columns
   * @return whether windows of a row are small enough to be made at all
   */
  boolean columns(int min, int step, int span, int outputs, boolean apart) {
    colMin = min;
    colStep = step;
    period = apart && step > 1 ? span : step;
    phases = Math.min(period, span);
    positions = outputs + (span - 1) / period;
    long pitch = (long) positions * phases;
    if (pitch > LIMIT || pitch * channels > LIMIT || pitch * channels * rowSpan > LIMIT) {
      return false;
    }
    channelPitch = (int) pitch;
    rowPitch = channelPitch * channels;
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

  /** Where source column {@code colMin + column} lies in a row of a channel. */
  int at(int column) {
    return column % period * positions + column / period;
  }
}
