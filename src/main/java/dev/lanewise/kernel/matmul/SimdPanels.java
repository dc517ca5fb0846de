package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies blocks of the operands into panels: {@code k} groups of {@code width} elements, the order
 * in which a microkernel reads them.
 *
 * <p>Vectors are stored whole, also where a panel's width is no multiple of the vector: what spills
 * over is overwritten by the next group, or lies in the margin of {@link #MARGIN} elements that
 * every packed buffer ends with. The lanes of a panel beyond the operand's last row or column hold
 * copies of other elements or zeros; their products are ignored.
 */
final class SimdPanels {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  /** Elements that a packed buffer has beyond its panels. */
  static final int MARGIN = L;

  private static final FloatVector LOW_HALVES = zip(0);
  private static final FloatVector HIGH_HALVES = zip(L / 2);

  private SimdPanels() {}

  /** Lane numbers that interleave the halves of two vectors that start at {@code from}. */
  private static FloatVector zip(int from) {
    float[] lanes = new float[L];
    for (int i = 0; i < L; i++) {
      lanes[i] = from + i / 2 + (i % 2) * L;
    }
    return FloatVector.fromArray(S, lanes, 0);
  }

  /**
   * Packs one panel: {@code panel[p * width + i] = source[i * laneStride + p * termStride]} for i
   * &lt; {@code lanes}; one of the two strides is 1.
   *
   * @param square scratch for L × L elements
   */
  static void pack(
      float[] source,
      int offset,
      int laneStride,
      int termStride,
      int lanes,
      int k,
      float[] panel,
      int panelOffset,
      int width,
      float[] square) {
    if (laneStride == 1) {
      copy(source, offset, termStride, lanes, k, panel, panelOffset, width);
    } else {
      transpose(source, offset, laneStride, lanes, k, panel, panelOffset, width, square);
    }
  }

  private static void copy(
      float[] source,
      int offset,
      int stride,
      int lanes,
      int k,
      float[] panel,
      int panelOffset,
      int width) {
    // The last vector spills into the next group's first lanes, which are therefore copied later.
    for (int lane = (width - 1) / L * L; lane >= 0; lane -= L) {
      if (lanes >= lane + L) {
        copyVectors(source, offset + lane, stride, k, panel, panelOffset + lane, width);
      } else {
        VectorMask<Float> mask = S.indexInRange(lane, lanes);
        copyMasked(source, offset + lane, stride, k, panel, panelOffset + lane, width, mask);
      }
    }
  }

  private static void copyVectors(
      float[] source, int offset, int stride, int k, float[] panel, int panelOffset, int width) {
    for (int p = 0; p < k; p++) {
      FloatVector.fromArray(S, source, offset + p * stride)
          .intoArray(panel, panelOffset + p * width);
    }
  }

  private static void copyMasked(
      float[] source,
      int offset,
      int stride,
      int k,
      float[] panel,
      int panelOffset,
      int width,
      VectorMask<Float> mask) {
    for (int p = 0; p < k; p++) {
      FloatVector.fromArray(S, source, offset + p * stride, mask)
          .intoArray(panel, panelOffset + p * width);
    }
  }

  private static void transpose(
      float[] source,
      int offset,
      int stride,
      int lanes,
      int k,
      float[] panel,
      int panelOffset,
      int width,
      float[] square) {
    int p = 0;
    for (; p <= k - L; p += L) {
      for (int lane = (width - 1) / L * L; lane >= 0; lane -= L) {
        int from = Math.min(lane, lanes - 1);
        int last = lanes - 1 - from;
        transposeSquare(
            source,
            offset + from * stride + p,
            stride,
            last,
            panel,
            panelOffset + p * width + lane,
            width,
            square);
      }
    }
    for (; p < k; p++) {
      for (int i = 0; i < width; i++) {
        panel[panelOffset + p * width + i] = source[offset + Math.min(i, lanes - 1) * stride + p];
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
