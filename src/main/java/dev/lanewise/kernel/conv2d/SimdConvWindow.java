package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.SimdTranspose;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** One thread's window of an image, as bits; a {@link ConvWindow} says how it lies. */
final class SimdConvWindow {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  /** Elements behind the last row, which rows of a tile that are no terms may read. */
  private static final int SLACK = 16;

  int[] bits = {};
  private int image = -1;
  private int first;
  private int last;

  /** The squares of a transposition, then its result. */
  private final float[] squares = new float[2 * L * L];

  /** Forgets what an earlier call copied. */
  void clear() {
    image = -1;
  }

  /**
   * Sees that the window holds what output row {@code row} of an image reads; a new window holds as
   * many output rows as its elements take, in whole strips where that is possible.
   *
   * @param source holds the images, from {@code at} on
   * @param strip output rows of a strip
   * @param most the most output rows it shall hold
   * @return the output row that the window ends before
   */
  int provide(ConvWindow w, float[] source, int at, int image, int row, int strip, int most) {
    if (image == this.image && row >= first && row < last) {
      return last;
    }
    long fit = w.outputs();
    int outputs = Math.clamp(fit > strip ? fit - fit % strip : fit, 1, most);
    int rows = w.height(outputs);
    if (bits.length < rows * w.rowPitch + SLACK) {
      bits = new int[rows * w.rowPitch + SLACK];
    }
    int sourceRow = row * w.rowStep + w.rowMin;
    for (int r = 0; r < rows; r++, sourceRow++) {
      if (sourceRow < 0 || sourceRow >= w.sourceRows) {
        Arrays.fill(bits, r * w.rowPitch, (r + 1) * w.rowPitch, 0);
      } else {
        int from = (image * w.sourceRows + sourceRow) * w.sourceCols * w.channels;
        copyRow(w, source, at + from, r * w.rowPitch);
      }
    }
    this.image = image;
    first = row;
    last = row + outputs;
    return last;
  }

  /** Where the first source row that output row {@code row} reads begins in {@link #bits}. */
  int rowAt(ConvWindow w, int row) {
    return (row - first) * w.rowStep * w.rowPitch;
  }

  private void copyRow(ConvWindow w, float[] source, int from, int to) {
    for (int phase = 0; phase < w.phases; phase++) {
      // Position q holds column col + q · colStep; those from begin to end − 1 are in the image.
      int col = w.colMin + phase;
      int begin = Math.clamp(steps(-(long) col, w.colStep), 0, w.positions);
      int end = Math.clamp(steps((long) w.sourceCols - col, w.colStep), begin, w.positions);
      int target = to + phase * w.positions;
      for (int c = 0; c < w.channels && end - begin < w.positions; c++) {
        int row = target + c * w.channelPitch;
        Arrays.fill(bits, row, row + begin, 0);
        Arrays.fill(bits, row + end, row + w.positions, 0);
      }
      int at = from + (col + begin * w.colStep) * w.channels;
      if (w.channels == 1 && w.colStep == 1) {
        copy(end - begin, source, at, target + begin);
      } else {
        transpose(w, end - begin, source, at, target + begin);
      }
    }
  }

  /** Columns in steps, rounded up; a division for each row would take as long as copying it. */
  private static long steps(long columns, int step) {
    return step == 1 ? columns : Math.ceilDiv(columns, step);
  }

  private void copy(int n, float[] source, int from, int to) {
    if (n < L) {
      for (int i = 0; i < n; i++) {
        bits[to + i] = Float.floatToRawIntBits(source[from + i]);
      }
      return;
    }
    for (int q = 0; q < n; q += L) {
      int i = Math.min(q, n - L); // the last vector may overlap the one before
      FloatVector.fromArray(S, source, from + i).reinterpretAsInts().intoArray(bits, to + i);
    }
  }

  /** Copies n pixels, each channel to its place: in squares as far as there are any. */
  private void transpose(ConvWindow w, int n, float[] source, int from, int to) {
    int step = w.colStep * w.channels;
    int whole = n < L ? 0 : VectorWidth.wholeVectors(w.channels);
    for (int c = 0; c < whole; c += L) {
      for (int q = 0; q < n; q += L) {
        int pixel = Math.min(q, n - L); // the last square may overlap the one before
        SimdTranspose.square(source, from + pixel * step + c, step, squares, L * L, L, squares);
        for (int i = 0; i < L; i++) {
          FloatVector.fromArray(S, squares, (L + i) * L)
              .reinterpretAsInts()
              .intoArray(bits, to + pixel + (c + i) * w.channelPitch);
        }
      }
    }
    for (int q = 0; q < n; q++) {
      for (int c = whole; c < w.channels; c++) {
        int element = Float.floatToRawIntBits(source[from + q * step + c]);
        bits[to + q + c * w.channelPitch] = element;
      }
    }
  }
}
