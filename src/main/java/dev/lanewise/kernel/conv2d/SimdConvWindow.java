package dev.lanewise.kernel.conv2d;

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
    int pitch = w.sourceCols * w.channels;
    // Elements of a row from begin to end − 1 are in the image.
    int begin = Math.clamp(-(long) w.colMin * w.channels, 0, w.rowPitch);
    int end = Math.clamp(((long) w.sourceCols - w.colMin) * w.channels, begin, w.rowPitch);
    for (int to = 0; to < rows * w.rowPitch; to += w.rowPitch, sourceRow++) {
      if (sourceRow < 0 || sourceRow >= w.sourceRows) {
        Arrays.fill(bits, to, to + w.rowPitch, 0);
      } else {
        int from = at + (image * w.sourceRows + sourceRow) * pitch + w.colMin * w.channels;
        Arrays.fill(bits, to, to + begin, 0);
        copy(end - begin, source, from + begin, to + begin);
        Arrays.fill(bits, to + end, to + w.rowPitch, 0);
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
}
