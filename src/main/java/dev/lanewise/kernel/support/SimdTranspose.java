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
   * log2(L) times, is a transposition; passes of four rows do two such steps at once, and a pass of
   * two the one that may be left.
   *
   * <p>The passes are written into this one method for its length's sake: C2 inlines no hot method
   * of more than 325 bytecodes, and inlined into the loops over blocks of a product this one ran
   * out of C2's nodes in half of the processes and left its vectors boxed. The passes of four are a
   * loop, since the nodes do not last for two.
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
    for (int rows = L; rows >= 4; rows /= 4) {
      boolean last = rows < 8;
      float[] to = last ? target : square;
      int toOffset = last ? targetOffset : 0;
      int toStride = last ? targetStride : L;
      for (int i = 0; i < L / 4; i++) {
        IntVector r0 = load(from, fromOffset + i * fromStride);
        IntVector r1 = load(from, fromOffset + (i + L / 4) * fromStride);
        IntVector r2 = load(from, fromOffset + (i + L / 2) * fromStride);
        IntVector r3 = load(from, fromOffset + (i + L / 4 * 3) * fromStride);
        IntVector even0 = low(r0, r2);
        IntVector even1 = high(r0, r2);
        IntVector odd0 = low(r1, r3);
        IntVector odd1 = high(r1, r3);
        int at = toOffset + 4 * i * toStride;
        store(low(even0, odd0), to, at);
        store(high(even0, odd0), to, at + toStride);
        store(low(even1, odd1), to, at + 2 * toStride);
        store(high(even1, odd1), to, at + 3 * toStride);
      }
      from = square;
      fromOffset = 0;
      fromStride = L;
    }
    if (L == 8 || L == 2) {
      for (int i = 0; i < L / 2; i++) {
        IntVector r0 = load(from, fromOffset + i * fromStride);
        IntVector r1 = load(from, fromOffset + (i + L / 2) * fromStride);
        int at = targetOffset + 2 * i * targetStride;
        store(low(r0, r1), target, at);
        store(high(r0, r1), target, at + targetStride);
      }
    }
  }
}
