package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.support.Lanes;

/**
 * The lanes of a reduction in double: 32 for each block, so that a team's members need no scratch
 * of doubles, and what both twins do above them. One instance serves one call at a time.
 */
final class DoubleLanes {
  private double[] lanes = {};

  /** Lends 32 lanes for each block of n elements, block after block; their content is undefined. */
  double[] ofBlocks(int n) {
    int needed = Math.multiplyExact(Math.max(1, Lanes.blocks(n)), Lanes.COUNT);
    if (lanes.length < needed) {
      lanes = new double[needed];
    }
    return lanes;
  }

  /** Folds a block's 32 lanes to their sum; they are used up. */
  static double fold(double[] lanes, int offset) {
    for (int half = Lanes.COUNT / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[offset + l] += lanes[offset + half + l];
      }
    }
    return lanes[offset];
  }

  /** Sums the results of all blocks, which begin the array, by the rule; the array is used up. */
  static double total(double[] results, int blocks) {
    int left = blocks;
    while (left > 1) {
      for (int b = 0; b < Lanes.blocks(left); b++) {
        // Result b of this level overwrites one that has been read: block b begins at b · 4096.
        results[b] = block(results, b * Lanes.BLOCK, Lanes.size(left, b));
      }
      left = Lanes.blocks(left);
    }
    return left == 0 ? 0 : results[0];
  }

  /** The sum of a block of results; no lane is ever −0, so that a lane without any may add +0. */
  private static double block(double[] results, int from, int n) {
    for (int i = Lanes.COUNT; i < n; i++) {
      results[from + i % Lanes.COUNT] += results[from + i];
    }
    int used = Math.min(n, Lanes.COUNT);
    for (int half = Lanes.COUNT / 2; half > 0; half /= 2) {
      for (int l = 0; l < half && half + l < used; l++) {
        results[from + l] += results[from + half + l];
      }
      used = Math.min(used, half);
    }
    return results[from];
  }
}
