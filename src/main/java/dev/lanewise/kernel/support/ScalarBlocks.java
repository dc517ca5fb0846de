package dev.lanewise.kernel.support;

import dev.lanewise.kernel.math.Fma;
import java.util.Arrays;

/** The scalar form of the reductions that several families share; the rule is in {@code Reduce}. */
public final class ScalarBlocks {
  private ScalarBlocks() {}

  /** Returns the sum of n elements. */
  public static float sum(int n, float[] x, int xOffset, Lanes lanes) {
    if (n <= Lanes.BLOCK) {
      return blockSum(n, x, xOffset, lanes.ofBlock());
    }
    lanes.begin();
    for (int b = 0; b < Lanes.blocks(n); b++) {
      int at = xOffset + b * Lanes.BLOCK;
      lanes.add(blockSum(Lanes.size(n, b), x, at, lanes.ofBlock()));
    }
    return lanes.total();
  }

  /** Returns the dot product of two vectors of n elements. */
  public static float dot(int n, float[] x, int xOffset, float[] y, int yOffset, Lanes lanes) {
    if (n <= Lanes.BLOCK) {
      return blockDot(n, x, xOffset, y, yOffset, lanes.ofBlock());
    }
    lanes.begin();
    for (int b = 0; b < Lanes.blocks(n); b++) {
      int at = b * Lanes.BLOCK;
      lanes.add(blockDot(Lanes.size(n, b), x, xOffset + at, y, yOffset + at, lanes.ofBlock()));
    }
    return lanes.total();
  }

  /** Returns the largest of n elements, NaN if one is; no order of comparisons changes it. */
  public static float max(int n, float[] x, int xOffset) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[xOffset + i]);
    }
    return max;
  }

  private static float blockSum(int n, float[] x, int xOffset, float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int i = 0; i < n; i += Lanes.COUNT) {
      int present = Math.min(Lanes.COUNT, n - i);
      for (int l = 0; l < present; l++) {
        lanes[l] += x[xOffset + i + l];
      }
    }
    return Lanes.fold(lanes);
  }

  private static float blockDot(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int i = 0; i < n; i += Lanes.COUNT) {
      int present = Math.min(Lanes.COUNT, n - i);
      for (int l = 0; l < present; l++) {
        lanes[l] = Fma.fma(x[xOffset + i + l], y[yOffset + i + l], lanes[l]);
      }
    }
    return Lanes.fold(lanes);
  }
}
