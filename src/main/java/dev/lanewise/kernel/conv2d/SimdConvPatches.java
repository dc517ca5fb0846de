package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The pixels that backward-weights multiplies: for some weight rows (kh, kw, c), called terms, and
 * an output row, all columns.
 *
 * <p>A {@link Window} copies input rows with their padding, channels last; there the pixels of
 * neighbouring terms are mostly neighbours too, and are packed in whole vectors as {@link
 * SimdConvPack} does.
 */
final class SimdConvPatches {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  /** A window beyond this (16 MB) is not made; only kernels of huge reach ask for it. */
  private static final int WINDOW_LIMIT = 1 << 22;

  private final int windowElements;

  int images;
  int groups;
  int filters;
  int groupFilters;
  int outRows;
  int outCols;

  /** kernelHeight · kernelWidth · channels of a group. */
  int terms;

  private int inRows;
  private int inCols;
  private int channels;
  private int groupChannels;
  private int kernelCols;
  private int strideRows;
  private int strideCols;
  private int dilationRows;
  private int dilationCols;
  private int padTop;
  private int padLeft;
  private int rowSpan;
  private int rowPitch;
  private boolean windowed;
  private int[] termOffset = new int[0];

  /** Distance of an output column's pixels from the first one's, in a window. */
  int[] columnOffset = new int[0];

  SimdConvPatches(int windowElements) {
    this.windowElements = windowElements;
  }

  void set(Conv2dShape s) {
    images = s.batch();
    groups = s.groups();
    filters = s.filters();
    groupFilters = filters / groups;
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
    rowSpan = (s.kernelHeight() - 1) * dilationRows + 1;
    long cols = (outCols - 1L) * strideCols + (kernelCols - 1L) * dilationCols + 1;
    long pitch = cols * channels;
    windowed = pitch <= WINDOW_LIMIT && pitch * rowSpan <= WINDOW_LIMIT;
    if (!windowed) {
      return;
    }
    rowPitch = (int) pitch;
    if (termOffset.length < terms) {
      termOffset = new int[terms];
    }
    if (columnOffset.length < outCols) {
      columnOffset = new int[outCols];
    }
    for (int ow = 0; ow < outCols; ow++) {
      columnOffset[ow] = ow * strideCols * channels;
    }
    for (int term = 0; term < terms; term++) {
      int tap = term / groupChannels;
      termOffset[term] =
          tap / kernelCols * dilationRows * rowPitch
              + tap % kernelCols * dilationCols * channels
              + term % groupChannels;
    }
  }

  /** One worker's copy of some rows of an image, and of the runs of a tile of terms. */
  final class Window {
    float[] rows = new float[0];
    private int image;
    private int first;
    private int last;
    private int runs;
    private final int[] runStart = new int[12];
    private final int[] runOffset = new int[12];
    private final int[] runLength = new int[12];

    /** Forgets what an earlier call copied. */
    void clear() {
      image = -1;
    }

    /** Sees that the window holds what output row {@code oh} of image {@code n} reads. */
    void provide(float[] x, int xOffset, int n, int oh) {
      if (!windowed || (n == image && oh >= first && oh < last)) {
        return;
      }
      long fit = (windowElements / rowPitch - (long) rowSpan) / strideRows + 1;
      int outputs = Math.clamp(fit, 1, outRows - oh);
      int inputs = (outputs - 1) * strideRows + rowSpan;
      if (rows.length < inputs * rowPitch + SimdConvPack.SLACK) {
        rows = new float[inputs * rowPitch + SimdConvPack.SLACK];
      }
      int imageAt = xOffset + n * inRows * inCols * channels;
      int ih = oh * strideRows - padTop;
      for (int r = 0; r < inputs; r++, ih++) {
        int to = r * rowPitch;
        Arrays.fill(rows, to, to + rowPitch, 0f);
        int cols = rowPitch / channels;
        int begin = Math.min(padLeft, cols);
        int count = Math.min(inCols, cols - begin);
        if (ih >= 0 && ih < inRows) {
          System.arraycopy(
              x, imageAt + ih * inCols * channels, rows, to + begin * channels, count * channels);
        }
      }
      image = n;
      first = oh;
      last = oh + outputs;
    }

    /** Whether the pixels of {@code tileRows} terms lie side by side as it is. */
    boolean isPacked(int term, int tileRows) {
      int last = term + tileRows - 1;
      return windowed && last < terms && termOffset[last] - termOffset[term] == tileRows - 1;
    }

    /** Where the pixel of a term for the first output column lies in {@link #rows}. */
    int offset(int oh, int group, int term) {
      return (oh - first) * strideRows * rowPitch + group * groupChannels + termOffset[term];
    }

    /**
     * Packs the pixels of {@code tileRows} terms side by side for each output column; terms behind
     * the last are anything.
     */
    void pack(
        float[] x, int xOffset, int n, int oh, int group, int term, int tileRows, float[] packed) {
      int count = Math.min(tileRows, terms - term);
      if (!windowed) {
        unwindowed(x, xOffset + n * inRows * inCols * channels, oh, group, term, tileRows, packed);
        return;
      }
      int from = (oh - first) * strideRows * rowPitch + group * groupChannels;
      int step = strideCols * channels;
      findRuns(term, count);
      if (tileRows == 9 && runs == 3 && runLength[0] == 3 && runLength[1] == 3) {
        threeRuns(
            rows,
            from + runOffset[0],
            from + runOffset[1],
            from + runOffset[2],
            step,
            outCols,
            packed);
      } else {
        packRuns(from, step, tileRows, packed);
      }
    }

    private void findRuns(int term, int count) {
      runs = 0;
      for (int r = 0; r < count; r++) {
        if (r > 0 && termOffset[term + r] == termOffset[term + r - 1] + 1) {
          runLength[runs - 1]++;
        } else {
          runStart[runs] = r;
          runOffset[runs] = termOffset[term + r];
          runLength[runs] = 1;
          runs++;
        }
      }
    }

    private void packRuns(int from, int step, int tileRows, float[] packed) {
      for (int ow = 0; ow < outCols; ow++) {
        for (int run = 0; run < runs; run++) {
          int at = from + ow * step + runOffset[run];
          int to = ow * tileRows + runStart[run];
          for (int v = 0; v < runLength[run]; v += L) {
            FloatVector.fromArray(S, rows, at + v).intoArray(packed, to + v);
          }
        }
      }
    }
  }

  /** The nine pixels under a 3 × 3 kernel on one channel, as a first layer has them. */
  private static void threeRuns(
      float[] rows, int from0, int from1, int from2, int step, int cols, float[] packed) {
    for (int ow = 0; ow < cols; ow++) {
      int at = ow * step;
      int to = ow * 9;
      packed[to] = rows[from0 + at];
      packed[to + 1] = rows[from0 + at + 1];
      packed[to + 2] = rows[from0 + at + 2];
      packed[to + 3] = rows[from1 + at];
      packed[to + 4] = rows[from1 + at + 1];
      packed[to + 5] = rows[from1 + at + 2];
      packed[to + 6] = rows[from2 + at];
      packed[to + 7] = rows[from2 + at + 1];
      packed[to + 8] = rows[from2 + at + 2];
    }
  }

  private void unwindowed(
      float[] x, int imageAt, int oh, int group, int term, int tileRows, float[] packed) {
    int count = Math.min(tileRows, terms - term);
    for (int ow = 0; ow < outCols; ow++) {
      for (int r = 0; r < count; r++) {
        int tap = (term + r) / groupChannels;
        int channel = group * groupChannels + (term + r) % groupChannels;
        int ih = oh * strideRows + tap / kernelCols * dilationRows - padTop;
        int iw = ow * strideCols + tap % kernelCols * dilationCols - padLeft;
        boolean inside = ih >= 0 && ih < inRows && iw >= 0 && iw < inCols;
        packed[ow * tileRows + r] =
            inside ? x[imageAt + (ih * inCols + iw) * channels + channel] : 0f;
      }
    }
  }
}
