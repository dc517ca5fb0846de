package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.SimdTranspose;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Packs columns of B into a panel: for each term {@link SimdMicrokernel#COLUMNS} elements, two
 * vectors.
 *
 * <p>The lanes beyond the last column hold zeros or copies of it; what becomes of them is ignored.
 */
final class SimdPackB {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final int WIDTH = SimdMicrokernel.COLUMNS;

  private SimdPackB() {}

  /** Returns scratch for two squares of L × L elements. */
  static float[] newSquare() {
    return new float[2 * L * L];
  }

  /**
   * Packs one panel of {@code columns} columns; element (p, j) is {@code source[offset + j *
   * columnStride + p * termStride]}, and one of the strides is 1.
   *
   * @param square scratch, {@link #newSquare}
   */
  static void pack(
      float[] source,
      int offset,
      int columnStride,
      int termStride,
      int columns,
      int k,
      float[] panel,
      int panelOffset,
      float[] square) {
    if (columnStride != 1) {
      transpose(source, offset, columnStride, columns, k, panel, panelOffset, WIDTH, square);
    } else if (columns == WIDTH) {
      copy(source, offset, termStride, k, panel, panelOffset);
    } else {
      copyMasked(source, offset, termStride, columns, k, panel, panelOffset);
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

  private static void copyMasked(
      float[] source, int offset, int stride, int columns, int k, float[] panel, int panelOffset) {
    VectorMask<Float> left = S.indexInRange(0, columns);
    VectorMask<Float> right = S.indexInRange(L, columns);
    for (int p = 0; p < k; p++) {
      int from = offset + p * stride;
      int to = panelOffset + p * WIDTH;
      FloatVector.fromArray(S, source, from, left).intoArray(panel, to);
      FloatVector.fromArray(S, source, from + L, right).intoArray(panel, to + L);
    }
  }

  /**
   * Packs a panel {@code width} columns wide, whole vectors, of which {@code columns} exist;
   * strides as {@link #pack} takes them. Lanes beyond the last column hold copies of its elements.
   */
  static void packWide(
      float[] source,
      int offset,
      int columnStride,
      int termStride,
      int columns,
      int k,
      float[] panel,
      int panelOffset,
      int width,
      float[] square) {
    if (columnStride != 1) {
      transpose(source, offset, columnStride, columns, k, panel, panelOffset, width, square);
      return;
    }
    for (int p = 0; p < k; p++) {
      int from = offset + p * termStride;
      int to = panelOffset + p * width;
      System.arraycopy(source, from, panel, to, columns);
      Arrays.fill(panel, to + columns, to + width, source[from + columns - 1]);
    }
  }

  private static void transpose(
      float[] source,
      int offset,
      int stride,
      int columns,
      int k,
      float[] panel,
      int panelOffset,
      int width,
      float[] square) {
    int whole = VectorWidth.wholeVectors(k);
    for (int j = 0; j < width; j += L) { // along the rows of the source, for its cache lines' sake
      int to = panelOffset + j;
      if (j + L <= columns) {
        squares(source, offset + j * stride, stride, whole, panel, to, width, square);
      } else {
        int from = Math.min(j, columns - 1);
        lastSquares(
            source,
            offset + from * stride,
            stride,
            columns - from,
            whole,
            panel,
            to,
            width,
            square);
      }
    }
    for (int p = whole; p < k; p++) {
      for (int j = 0; j < width; j++) {
        int column = Math.min(j, columns - 1);
        panel[panelOffset + p * width + j] = source[offset + column * stride + p];
      }
    }
  }

  /** Transposes L rows of {@code k} elements, square by square. */
  private static void squares(
      float[] source,
      int offset,
      int stride,
      int k,
      float[] panel,
      int panelOffset,
      int width,
      float[] square) {
    for (int p = 0; p < k; p += L) {
      SimdTranspose.square(
          source, offset + p, stride, panel, panelOffset + p * width, width, square);
    }
  }

  /** The same of fewer rows: copies of the last one stand for those that do not exist. */
  private static void lastSquares(
      float[] source,
      int offset,
      int stride,
      int rows,
      int k,
      float[] panel,
      int panelOffset,
      int width,
      float[] square) {
    int copy = L * L;
    for (int p = 0; p < k; p += L) {
      for (int i = 0; i < L; i++) {
        int from = offset + Math.min(i, rows - 1) * stride + p;
        System.arraycopy(source, from, square, copy + i * L, L);
      }
      SimdTranspose.square(square, copy, L, panel, panelOffset + p * width, width, square);
    }
  }
}
