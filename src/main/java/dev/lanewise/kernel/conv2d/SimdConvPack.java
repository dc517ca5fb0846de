package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.SimdTranspose;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies what the microkernel reads into the order in which it reads it.
 *
 * <p>Copies of a few floats are done in whole vectors, ascending: what is written too far is
 * overwritten by the next copy, and arrays end in {@link #SLACK} floats that nobody reads.
 */
final class SimdConvPack {
  /** Floats behind every packed array that copies may read and write too far: two vectors. */
  static final int SLACK = 64;

  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdConvPack() {}

  /** Rounds a number of columns up to whole vectors. */
  static int padded(int columns) {
    return (columns + L - 1) / L * L;
  }

  /** Number of vectors (1 or 2) of the panel that begins at a column of {@code padded} columns. */
  static int vectors(int column, int padded) {
    return padded - column > L ? 2 : 1;
  }

  /**
   * Where packed pixels lie: term k of a tile begins at k · rows. Tables for each number of rows,
   * grown on demand.
   */
  static final class Steps {
    private final int[][] tables = new int[SimdConvMicrokernel.MOST_ROWS + 1][0];

    /** A table of at least so many terms. */
    int[] of(int rows, int terms) {
      if (tables[rows].length < terms) {
        int[] table = new int[terms];
        for (int k = 0; k < terms; k++) {
          table[k] = k * rows;
        }
        tables[rows] = table;
      }
      return tables[rows];
    }
  }

  /** Twelve or six pixels for each term, of which the first {@code head} end a grid row. */
  static void twoRows(
      int rows,
      float[] from,
      int at1,
      int at2,
      int head,
      int[] offsets,
      int first,
      int kc,
      float[] pa) {
    if (rows == 12) {
      twoRows12(from, at1, at2, head, offsets, first, kc, pa);
    } else {
      twoRows6(from, at1, at2, head, offsets, first, kc, pa);
    }
  }

  private static void twoRows12(
      float[] from, int at1, int at2, int head, int[] offsets, int first, int kc, float[] pa) {
    for (int k = 0; k < kc; k++) {
      int offset = offsets[first + k];
      copy(12, from, at1 + offset, pa, k * 12);
      copy(12, from, at2 + offset, pa, k * 12 + head);
    }
  }

  private static void twoRows6(
      float[] from, int at1, int at2, int head, int[] offsets, int first, int kc, float[] pa) {
    for (int k = 0; k < kc; k++) {
      int offset = offsets[first + k];
      copy(6, from, at1 + offset, pa, k * 6);
      copy(6, from, at2 + offset, pa, k * 6 + head);
    }
  }

  private static void copy(int n, float[] from, int at, float[] to, int toAt) {
    for (int v = 0; v < n; v += L) {
      FloatVector.fromArray(S, from, at + v).intoArray(to, toAt + v);
    }
  }

  /** Any {@code rows} pixels for each term. */
  static void pixels(
      float[] from, int[] pixels, int rows, int[] offsets, int first, int kc, float[] pa) {
    int at = 0;
    for (int k = 0; k < kc; k++) {
      int offset = offsets[first + k];
      for (int r = 0; r < rows; r++) {
        pa[at++] = from[pixels[r] + offset];
      }
    }
  }

  /**
   * Fills a window with the source rows that the grid rows from {@code first} on read.
   *
   * @param square scratch of L · L floats
   */
  static void window(
      GatherGeometry g,
      float[] source,
      int imageOffset,
      int first,
      int rows,
      float[] window,
      float[] square) {
    int row = first * g.rowStep + g.rowMin;
    for (int r = 0; r < rows; r++, row++) {
      int to = r * g.rowPitch;
      if (row < 0 || row >= g.sourceRows) {
        Arrays.fill(window, to, to + g.rowPitch, 0f);
      } else {
        int from = imageOffset + row * g.sourceCols * g.sourceChannels;
        if (g.sourceChannels == 1 && g.colStep == 1) {
          plainRow(g, source, from, window, to);
        } else {
          channelRow(g, source, from, window, to, square);
        }
      }
    }
  }

  private static void plainRow(GatherGeometry g, float[] source, int from, float[] to, int at) {
    int begin = Math.clamp(-(long) g.colMin, 0, g.positions);
    int end = Math.clamp((long) g.sourceCols - g.colMin, begin, g.positions);
    Arrays.fill(to, at, at + begin, 0f);
    if (begin < end) {
      System.arraycopy(source, from + g.colMin + begin, to, at + begin, end - begin);
    }
    Arrays.fill(to, at + end, at + g.positions, 0f);
  }

  private static void channelRow(
      GatherGeometry g, float[] source, int from, float[] to, int at, float[] square) {
    int channels = g.sourceChannels;
    for (int phase = 0; phase < g.phases; phase++) {
      // Position q holds column col + q · colStep; those from begin to end − 1 are in the image.
      int col = g.colMin + phase;
      int begin = Math.clamp(Math.ceilDiv(-(long) col, g.colStep), 0, g.positions);
      int end = Math.clamp(Math.ceilDiv((long) g.sourceCols - col, g.colStep), begin, g.positions);
      int target = at + phase * g.positions;
      for (int c = 0; c < channels; c++) {
        int row = target + c * g.channelPitch;
        Arrays.fill(to, row, row + begin, 0f);
        Arrays.fill(to, row + end, row + g.positions, 0f);
      }
      int first = from + (col + begin * g.colStep) * channels;
      int step = g.colStep * channels;
      int whole = end - begin < L ? 0 : VectorWidth.wholeVectors(channels);
      for (int c = 0; c < whole; c += L) {
        int row = target + begin + c * g.channelPitch;
        squares(source, first + c, step, end - begin, to, row, g.channelPitch, square);
      }
      for (int q = begin; q < end; q++) {
        int pixel = first + (q - begin) * step + whole;
        scatter(source, pixel, channels - whole, to, target + q + whole * g.channelPitch, g);
      }
    }
  }

  /** L channels of n pixels, at least L: the last square may overlap the one before. */
  private static void squares(
      float[] from, int at, int step, int n, float[] to, int toAt, int pitch, float[] square) {
    for (int q = 0; q < n; q += L) {
      int pixel = Math.min(q, n - L);
      SimdTranspose.square(from, at + pixel * step, step, to, toAt + pixel, pitch, square);
    }
  }

  private static void scatter(float[] from, int at, int n, float[] to, int toAt, GatherGeometry g) {
    for (int c = 0; c < n; c++) {
      to[toAt + c * g.channelPitch] = from[at + c];
    }
  }

  /** What {@link #pixels} packs, straight from the source: for windows too large to be made. */
  static void unwindowed(
      GatherGeometry g,
      float[] source,
      int imageOffset,
      int group,
      int pixel,
      int count,
      int rows,
      int first,
      int kc,
      float[] pa) {
    for (int k = 0; k < kc; k++) {
      int tap = (first + k) / g.groupSource;
      int channel = group * g.groupSource + (first + k) % g.groupSource;
      for (int r = 0; r < count; r++) {
        int row = (pixel + r) / g.gridCols * g.rowStep + g.tapRow[tap];
        int col = (pixel + r) % g.gridCols * g.colStep + g.tapCol[tap];
        boolean inside = row >= 0 && row < g.sourceRows && col >= 0 && col < g.sourceCols;
        pa[k * rows + r] =
            inside
                ? source[imageOffset + (row * g.sourceCols + col) * g.sourceChannels + channel]
                : 0f;
      }
    }
  }

  /**
   * The weights of all groups as panels of one or two vectors of target channels: the panel of
   * column n begins at (group · padded + n) · terms; missing columns are zero.
   *
   * @param transposed whether the target is the weights' input channel (backward-input)
   */
  static void weights(
      GatherGeometry g, boolean transposed, float[] w, int wOffset, float[] panels) {
    int padded = padded(g.groupTarget);
    int filters = transposed ? g.sourceChannels : g.targetChannels;
    int inner = transposed ? g.groupTarget : g.groupSource;
    for (int group = 0; group < g.groups; group++) {
      for (int n = 0; n < padded; n += 2 * L) {
        int width = Math.min(2 * L, padded - n);
        int valid = Math.min(width, g.groupTarget - n);
        int to = (group * padded + n) * g.terms;
        for (int t = 0; t < g.taps; t++) {
          int tap = wOffset + g.tapIndex[t] * inner * filters;
          for (int k = 0; k < g.groupSource; k++, to += width) {
            if (transposed) {
              int from = tap + n * filters + group * g.groupSource + k;
              for (int j = 0; j < valid; j++) {
                panels[to + j] = w[from + j * filters];
              }
            } else {
              System.arraycopy(w, tap + k * filters + group * g.groupTarget + n, panels, to, valid);
            }
            Arrays.fill(panels, to + valid, to + width, 0f);
          }
        }
      }
    }
  }
}
