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
    float[] from = source;
    int fromOffset = offset;
    int fromStride = stride;
    for (int rows = L;
        rows >= 4;
        rows /= 4) { // a loop, since C2's nodes do not last for two passes
      boolean last = rows < 8;
      float[] to = last ? target : square;
      passOfFour(
          from, fromOffset, fromStride, to, last ? targetOffset : 0, last ? targetStride : L);
      from = square;
      fromOffset = 0;
      fromStride = L;
    }
    if (L == 8 || L == 2) {
      passOfTwo(from, fromOffset, fromStride, target, targetOffset, targetStride);
    }
  }

  private static void passOfFour(
      float[] source, int offset, int stride, float[] target, int targetOffset, int targetStride) {
    for (int i = 0; i < L / 4; i++) {
      IntVector r0 = load(source, offset + i * stride);
      IntVector r1 = load(source, offset + (i + L / 4) * stride);
      IntVector r2 = load(source, offset + (i + L / 2) * stride);
      IntVector r3 = load(source, offset + (i + L / 4 * 3) * stride);
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
      float[] source, int offset, int stride, float[] target, int targetOffset, int targetStride) {
    for (int i = 0; i < L / 2; i++) {
      IntVector r0 = load(source, offset + i * stride);
      IntVector r1 = load(source, offset + (i + L / 2) * stride);
      int at = targetOffset + 2 * i * targetStride;
      store(low(r0, r1), target, at);
      store(high(r0, r1), target, at + targetStride);
    }
  }
}
