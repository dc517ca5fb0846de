package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.SimdTranspose;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Packs columns of B into a panel: for each term some whole vectors of elements.
 *
 * <p>The lanes beyond the last column hold anything; what becomes of them is ignored.
 */
final class SimdPackB {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final int WIDTH = SimdGemmPart.COLUMNS;

  private final GemmCall x;
  private final float[] square = new float[2 * L * L];

  SimdPackB(GemmCall x) {
    this.x = x;
  }

  /**
   * Packs {@code columns} columns from column {@code j} on, {@code terms} terms from term {@code p}
   * on, into the panel at {@code to}, which is {@code width} columns wide, whole vectors.
   */
  void pack(int j, int columns, int p, int terms, float[] panel, int to, int width) {
    int from = x.bOffset + j * x.bColumnStride + p * x.bTermStride;
    if (x.bColumnStride != 1) {
      transpose(from, columns, terms, panel, to, width);
    } else if (columns == WIDTH && width == WIDTH) {
      copy(x.b, from, x.bTermStride, terms, panel, to);
    } else {
      copyEdge(from, columns, terms, panel, to, width);
    }
  }

  // Eight terms a pass: no hot method of more than 325 bytecodes is inlined, and inlined into the
  // loops over blocks this one sometimes ran out of C2's nodes and left its vectors boxed.
  private static void copy(
      float[] source, int offset, int stride, int k, float[] panel, int panelOffset) {
    int p = 0;
    for (; p <= k - 8; p += 8) {
      int from = offset + p * stride;
      int to = panelOffset + p * WIDTH;
      FloatVector.fromArray(S, source, from).intoArray(panel, to);
      FloatVector.fromArray(S, source, from + L).intoArray(panel, to + L);
      FloatVector.fromArray(S, source, from + stride).intoArray(panel, to + WIDTH);
      FloatVector.fromArray(S, source, from + stride + L).intoArray(panel, to + WIDTH + L);
      FloatVector.fromArray(S, source, from + 2 * stride).intoArray(panel, to + 2 * WIDTH);
      FloatVector.fromArray(S, source, from + 2 * stride + L).intoArray(panel, to + 2 * WIDTH + L);
      FloatVector.fromArray(S, source, from + 3 * stride).intoArray(panel, to + 3 * WIDTH);
      FloatVector.fromArray(S, source, from + 3 * stride + L).intoArray(panel, to + 3 * WIDTH + L);
      FloatVector.fromArray(S, source, from + 4 * stride).intoArray(panel, to + 4 * WIDTH);
      FloatVector.fromArray(S, source, from + 4 * stride + L).intoArray(panel, to + 4 * WIDTH + L);
      FloatVector.fromArray(S, source, from + 5 * stride).intoArray(panel, to + 5 * WIDTH);
      FloatVector.fromArray(S, source, from + 5 * stride + L).intoArray(panel, to + 5 * WIDTH + L);
      FloatVector.fromArray(S, source, from + 6 * stride).intoArray(panel, to + 6 * WIDTH);
      FloatVector.fromArray(S, source, from + 6 * stride + L).intoArray(panel, to + 6 * WIDTH + L);
      FloatVector.fromArray(S, source, from + 7 * stride).intoArray(panel, to + 7 * WIDTH);
      FloatVector.fromArray(S, source, from + 7 * stride + L).intoArray(panel, to + 7 * WIDTH + L);
    }
    for (; p < k; p++) {
      int from = offset + p * stride;
      int to = panelOffset + p * WIDTH;
      FloatVector.fromArray(S, source, from).intoArray(panel, to);
      FloatVector.fromArray(S, source, from + L).intoArray(panel, to + L);
    }
  }

  /**
   * Copies whole vectors, also where fewer columns are left, except for the last terms: a vector
   * would leave the array.
   */
  private void copyEdge(int from, int columns, int terms, float[] panel, int to, int width) {
    int read = VectorWidth.roundedUp(columns);
    for (int p = 0; p < terms; p++) {
      int source = from + p * x.bTermStride;
      int target = to + p * width;
      if (source + read <= x.b.length) {
        for (int v = 0; v < read; v += L) {
          FloatVector.fromArray(S, x.b, source + v).intoArray(panel, target + v);
        }
      } else {
        System.arraycopy(x.b, source, panel, target, columns);
      }
    }
  }

  private void transpose(int from, int columns, int terms, float[] panel, int to, int width) {
    int stride = x.bColumnStride;
    int whole = VectorWidth.wholeVectors(terms);
    for (int j = 0; j < width; j += L) { // along the rows of the source, for its cache lines' sake
      if (j + L <= columns) {
        squares(x.b, from + j * stride, stride, whole, panel, to + j, width);
      } else {
        int first = Math.min(j, columns - 1);
        lastSquares(from + first * stride, columns - first, whole, panel, to + j, width);
      }
    }
    for (int p = whole; p < terms; p++) {
      for (int j = 0; j < width; j++) {
        panel[to + p * width + j] = x.b[from + Math.min(j, columns - 1) * stride + p];
      }
    }
  }

  /** Transposes L rows of {@code terms} elements, square by square. */
  private void squares(
      float[] source, int from, int stride, int terms, float[] panel, int to, int width) {
    for (int p = 0; p < terms; p += L) {
      SimdTranspose.square(source, from + p, stride, panel, to + p * width, width, square);
    }
  }

  /** The same of fewer rows of B: copies of the last one stand for those that do not exist. */
  private void lastSquares(int from, int rows, int terms, float[] panel, int to, int width) {
    int copy = L * L;
    for (int p = 0; p < terms; p += L) {
      for (int i = 0; i < L; i++) {
        int row = from + Math.min(i, rows - 1) * x.bColumnStride;
        System.arraycopy(x.b, row + p, square, copy + i * L, L);
      }
      SimdTranspose.square(square, copy, L, panel, to + p * width, width, square);
    }
  }
}
