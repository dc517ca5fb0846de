package dev.lanewise.kernel.support;

import java.util.Arrays;

/**
 * The 32 virtual lanes of a reduction, and those above them: the parts of the rule in {@code
 * Reduce} that both twins share, the fold of the lanes and the sum of the blocks' results.
 *
 * <p>The results of the blocks are handed over in order, {@link #begin}, {@link #add} for each,
 * {@link #total}, and are summed as they come: result b goes to lane b mod 32 of its block of 4096
 * results, whose sum goes to the lanes of the level above. An int's worth of elements makes fewer
 * than 4096 of those, so that two levels are enough. One instance serves one thread at a time.
 */
public final class Lanes {
  /** Number of virtual lanes. */
  public static final int COUNT = 32;

  /** Number of elements of a block. */
  public static final int BLOCK = 4096;

  private final float[] lanes = new float[COUNT];
  private final float[] results = new float[COUNT];
  private final float[] sums = new float[COUNT];
  private int added;
  private float only;

  /** The lanes of the block in hand: 32 floats, for the kernel to fill and fold. */
  public float[] ofBlock() {
    return lanes;
  }

  /** Number of blocks that n elements are cut into. */
  public static int blocks(int n) {
    return (int) ((n + (BLOCK - 1L)) / BLOCK);
  }

  /** Number of elements of block {@code b} of n elements. */
  public static int size(int n, int b) {
    return Math.min(BLOCK, n - b * BLOCK);
  }

  /** Folds 32 lanes to their sum; the array is used up. */
  public static float fold(float[] lanes) {
    return fold(lanes, COUNT);
  }

  /**
   * Folds 32 lanes of which all from {@code used} on are +0, and none −0: adding the +0 would
   * change nothing, so the steps that only do that are left out.
   */
  public static float fold(float[] lanes, int used) {
    int first = used > 16 ? 16 : used > 8 ? 8 : used > 4 ? 4 : 2;
    for (int half = first; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[0];
  }

  /** Begins the sum of the results of several blocks. */
  public void begin() {
    added = 0;
    Arrays.fill(results, 0f);
    Arrays.fill(sums, 0f);
  }

  /** Takes the result of the next block. */
  public void add(float result) {
    if (added > 0 && added % BLOCK == 0) {
      carry();
    }
    results[added % COUNT] += result;
    only = result;
    added++;
  }

  private void carry() {
    sums[(added - 1) / BLOCK % COUNT] += fold(results);
    Arrays.fill(results, 0f);
  }

  /** Returns the sum of all results: the result itself if there was one block. */
  public float total() {
    if (added == 1) {
      return only;
    }
    if (added <= BLOCK) {
      return fold(results);
    }
    carry();
    return fold(sums);
  }
}
