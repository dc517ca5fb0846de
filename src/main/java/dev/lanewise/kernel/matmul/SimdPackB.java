package dev.lanewise.kernel.matmul;

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
  private static final FloatVector LOW_HALVES = SimdZip.lowHalves();
  private static final FloatVector HIGH_HALVES = SimdZip.highHalves();

  private SimdPackB() {}

  /**
   * Packs one panel of {@code columns} columns; element (p, j) is {@code source[offset + j *
   * columnStride + p * termStride]}, and one of the strides is 1.
   *
   * @param square scratch for L × L elements
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
    int p = 0;
    for (; p <= k - L; p += L) {
      for (int j = 0; j < width; j += L) {
        int from = Math.min(j, columns - 1);
        int last = columns - 1 - from;
        int to = panelOffset + p * width + j;
        transposeSquare(source, offset + from * stride + p, stride, last, panel, to, width, square);
      }
    }
    for (; p < k; p++) {
      for (int j = 0; j < width; j++) {
        int column = Math.min(j, columns - 1);
        panel[panelOffset + p * width + j] = source[offset + column * stride + p];
      }
    }
  }

  /**
   * Transposes L × L elements. Interleaving the rows i and i + L/2 into the rows 2i and 2i + 1,
   * log2(L) times, is a transposition; passes of four rows do two such steps at once.
   *
   * @param last the last row that exists; later ones are read as copies of it
   */
  private static void transposeSquare(
      float[] source,
      int offset,
      int stride,
      int last,
      float[] target,
      int targetOffset,
      int targetStride,
      float[] square) {
    switch (L) {
      case 16 -> {
        passOfFour(source, offset, stride, last, square, 0, L);
        passOfFour(square, 0, L, L - 1, target, targetOffset, targetStride);
      }
      case 8 -> {
        passOfFour(source, offset, stride, last, square, 0, L);
        passOfTwo(square, 0, L, L - 1, target, targetOffset, targetStride);
      }
      case 4 -> passOfFour(source, offset, stride, last, target, targetOffset, targetStride);
      default -> passOfTwo(source, offset, stride, last, target, targetOffset, targetStride);
    }
  }

  private static void passOfFour(
      float[] source,
      int offset,
      int stride,
      int last,
      float[] target,
      int targetOffset,
      int targetStride) {
    for (int i = 0; i < L / 4; i++) {
      FloatVector r0 = row(source, offset, stride, i, last);
      FloatVector r1 = row(source, offset, stride, i + L / 4, last);
      FloatVector r2 = row(source, offset, stride, i + L / 2, last);
      FloatVector r3 = row(source, offset, stride, i + L / 4 * 3, last);
      FloatVector even0 = LOW_HALVES.selectFrom(r0, r2);
      FloatVector even1 = HIGH_HALVES.selectFrom(r0, r2);
      FloatVector odd0 = LOW_HALVES.selectFrom(r1, r3);
      FloatVector odd1 = HIGH_HALVES.selectFrom(r1, r3);
      int at = targetOffset + 4 * i * targetStride;
      LOW_HALVES.selectFrom(even0, odd0).intoArray(target, at);
      HIGH_HALVES.selectFrom(even0, odd0).intoArray(target, at + targetStride);
      LOW_HALVES.selectFrom(even1, odd1).intoArray(target, at + 2 * targetStride);
      HIGH_HALVES.selectFrom(even1, odd1).intoArray(target, at + 3 * targetStride);
    }
  }

  private static void passOfTwo(
      float[] source,
      int offset,
      int stride,
      int last,
      float[] target,
      int targetOffset,
      int targetStride) {
    for (int i = 0; i < L / 2; i++) {
      FloatVector r0 = row(source, offset, stride, i, last);
      FloatVector r1 = row(source, offset, stride, i + L / 2, last);
      int at = targetOffset + 2 * i * targetStride;
      LOW_HALVES.selectFrom(r0, r1).intoArray(target, at);
      HIGH_HALVES.selectFrom(r0, r1).intoArray(target, at + targetStride);
    }
  }

  private static FloatVector row(float[] source, int offset, int stride, int i, int last) {
    return FloatVector.fromArray(S, source, offset + Math.min(i, last) * stride);
  }
}
