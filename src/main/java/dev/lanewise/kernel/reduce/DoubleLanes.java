package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.support.Lanes;
import java.util.Arrays;

/** What both twins share of the reductions in double. */
final class DoubleLanes {
  private DoubleLanes() {}

  /** Folds 32 lanes to their sum; they are used up. */
  static double fold(double[] lanes) {
    for (int half = Lanes.COUNT / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[half + l];
      }
    }
    return lanes[0];
  }

  /** Sums the results of all blocks, which begin the array, by the rule; the array is used up. */
  static double total(double[] results, int blocks, double[] lanes) {
    int left = blocks;
    while (left > 1) {
      for (int b = 0; b < Lanes.blocks(left); b++) {
        // Result b of this level overwrites one that has been read: block b begins at b · 4096.
        Arrays.fill(lanes, 0.0);
        for (int i = 0; i < Lanes.size(left, b); i++) {
          lanes[i % Lanes.COUNT] += results[b * Lanes.BLOCK + i];
        }
        results[b] = fold(lanes);
      }
      left = Lanes.blocks(left);
    }
    return left == 0 ? 0 : results[0];
  }
}
