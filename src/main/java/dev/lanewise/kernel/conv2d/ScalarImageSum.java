package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.Lanes;
import java.util.Arrays;

/**
 * Sums the images' contributions to a row of weights by the rule of reductions: image i of a block
 * of 4096 goes to lane i mod 32, the lanes are folded, and so are, if there are several, the
 * blocks' results.
 */
final class ScalarImageSum {
  private static final int LANES = Lanes.COUNT;
  private static final int BLOCK = Lanes.BLOCK;

  /** 4096³ images are more than an int counts. */
  private static final int LEVELS = 3;

  private final float[][] lanes = new float[LEVELS][0];
  private final int[] taken = new int[LEVELS];
  private float[] folded = new float[0];
  private int size;
  private int top;

  /** Begins a sum of {@code images} contributions of {@code size} elements each. */
  ScalarImageSum start(int images, int size) {
    this.size = size;
    top = images <= BLOCK ? 0 : images <= BLOCK * BLOCK ? 1 : 2;
    if (folded.length < size) {
      folded = new float[size];
    }
    for (int level = 0; level <= top; level++) {
      taken[level] = 0;
      if (lanes[level].length < LANES * size) {
        lanes[level] = new float[LANES * size];
      }
      Arrays.fill(lanes[level], 0f);
    }
    return this;
  }

  /** Adds the next image's contribution. */
  void add(float[] image) {
    if (taken[0] == BLOCK && top > 0) {
      pass(0);
    }
    take(0, image);
  }

  private void take(int level, float[] values) {
    int lane = taken[level] % LANES * size;
    for (int i = 0; i < size; i++) {
      lanes[level][lane + i] += values[i];
    }
    taken[level]++;
  }

  /** Folds the block of a level, an element of the next, where room is made first. */
  private void pass(int level) {
    if (taken[level + 1] == BLOCK && level + 1 < top) {
      pass(level + 1);
    }
    fold(level);
    take(level + 1, folded);
  }

  /** Writes the sum. */
  void finish(float[] target, int offset) {
    for (int level = 0; level < top; level++) {
      pass(level);
    }
    fold(top);
    System.arraycopy(folded, 0, target, offset, size);
  }

  /** Folds the lanes of a level into {@code folded} and empties them. */
  private void fold(int level) {
    float[] l = lanes[level];
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int i = 0; i < half * size; i++) {
        l[i] += l[half * size + i];
      }
    }
    System.arraycopy(l, 0, folded, 0, size);
    Arrays.fill(l, 0f);
    taken[level] = 0;
  }
}
