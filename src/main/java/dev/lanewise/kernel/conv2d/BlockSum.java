package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.Lanes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sums the results of blocks of 4096 images by the rule of reductions, for the SIMD twin; with one
 * block there is nothing to sum, and no more than 4096² images are 4096 blocks.
 */
final class BlockSum {
  static final int LANES = Lanes.COUNT;
  static final int BLOCK = Lanes.BLOCK;

  private float[] lanes = new float[0];
  private int size;
  private int taken;
  private @Nullable BlockSum outer;

  /** Begins a sum of arrays of {@code size} elements. */
  void start(int size) {
    this.size = size;
    taken = 0;
    if (lanes.length < LANES * size) {
      lanes = new float[LANES * size];
    }
    Arrays.fill(lanes, 0, LANES * size, 0f);
    outer = null;
  }

  void add(float[] result) {
    if (taken == BLOCK) {
      BlockSum next = outer;
      if (next == null) {
        next = new BlockSum();
        next.start(size);
        outer = next;
      }
      fold(lanes, size, LANES);
      next.add(lanes);
      Arrays.fill(lanes, 0, LANES * size, 0f);
      taken = 0;
    }
    int lane = taken % LANES * size;
    for (int i = 0; i < size; i++) {
      lanes[lane + i] += result[i];
    }
    taken++;
  }

  /** Returns an array that begins with the sum. */
  float[] finish() {
    fold(lanes, size, LANES);
    BlockSum last = outer;
    if (last == null) {
      return lanes;
    }
    last.add(lanes);
    return last.finish();
  }

  /**
   * Folds lanes of {@code size} elements each onto the first.
   *
   * @param lanesUsed a power of two; the lanes behind would be +0, which changes no sum that began
   *     at +0 (such a sum is never −0)
   */
  static void fold(float[] lanes, int size, int lanesUsed) {
    for (int half = lanesUsed / 2; half > 0; half /= 2) {
      int n = half * size;
      for (int i = 0; i < n; i++) {
        lanes[i] += lanes[n + i];
      }
    }
  }
}
