package dev.lanewise.kernel.support;

import static dev.lanewise.kernel.support.SimdZip.high;
import static dev.lanewise.kernel.support.SimdZip.load;
import static dev.lanewise.kernel.support.SimdZip.low;
import static dev.lanewise.kernel.support.SimdZip.store;

import jdk.incubator.vector.IntVector;

/** Transposes squares of as many rows as a vector has lanes. */
public final class SimdTranspose {
  private static final int L = VectorWidth.LANES;

  private SimdTranspose() {}

  /**
   * Transposes L × L elements. Interleaving the rows i and i + L/2 into the rows 2i and 2i + 1,
   * log2(L) times, is a transposition; passes of four rows do two such steps at once.
   *
   * @param stride distance of the source's rows
   * @param targetStride distance of the target's rows
   * @param square scratch of L · L elements; not the target
   */
  public static void square(
      float[] source,
      int offset,
      int stride,
      float[] target,
      int targetOffset,
      int targetStride,
      float[] square) {
    square(source, offset, stride, L, target, targetOffset, targetStride, square);
  }

  /** The same of {@code rows} rows, 1 to L; what the others become is anything. */
  public static void square(
      float[] source,
      int offset,
      int stride,
      int rows,
      float[] target,
      int targetOffset,
      int targetStride,
      float[] square) {
    float[] from = source;
    int fromOffset = offset;
    int fromStride = stride;
    int last = rows - 1;
    for (int left = L;
        left >= 4;
        left /= 4) { // a loop, since C2's nodes do not last for two passes
      boolean end = left < 8;
      float[] to = end ? target : square;
      passOfFour(
          from, fromOffset, fromStride, last, to, end ? targetOffset : 0, end ? targetStride : L);
      from = square;
      fromOffset = 0;
      fromStride = L;
      last = L - 1;
    }
    if (L == 8 || L == 2) {
      passOfTwo(from, fromOffset, fromStride, last, target, targetOffset, targetStride);
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
      IntVector r0 = load(source, offset + Math.min(i, last) * stride);
      IntVector r1 = load(source, offset + Math.min(i + L / 4, last) * stride);
      IntVector r2 = load(source, offset + Math.min(i + L / 2, last) * stride);
      IntVector r3 = load(source, offset + Math.min(i + L / 4 * 3, last) * stride);
      IntVector even0 = low(r0, r2);
      IntVector even1 = high(r0, r2);
      IntVector odd0 = low(r1, r3);
      IntVector odd1 = high(r1, r3);
      int at = targetOffset + 4 * i * targetStride;
      store(low(even0, odd0), target, at);
      store(high(even0, odd0), target, at + targetStride);
      store(low(even1, odd1), target, at + 2 * targetStride);
      store(high(even1, odd1), target, at + 3 * targetStride);
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
      IntVector r0 = load(source, offset + Math.min(i, last) * stride);
      IntVector r1 = load(source, offset + Math.min(i + L / 2, last) * stride);
      int at = targetOffset + 2 * i * targetStride;
      store(low(r0, r1), target, at);
      store(high(r0, r1), target, at + targetStride);
    }
  }
}
