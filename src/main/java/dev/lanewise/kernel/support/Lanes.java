package dev.lanewise.kernel.support;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The 32 virtual lanes of a reduction, and those above them: what both twins of all families share
 * of the rule in {@code Reduce}, the fold of the lanes and the sum of the blocks' results.
 *
 * <p>What is summed are rows of {@code size} floats, element by element: the rows of a matrix, the
 * images of a batch, or, with size 1, the results of a vector's blocks. Rows come one by one
 * ({@link #begin}, {@link #add} for each, {@link #total}); or a kernel adds those of a whole block
 * to the lanes itself ({@link #block} instead of {@link #add}), which several threads may do, each
 * for its lanes. Row i goes to lane i mod 32 of its block of 4096 rows, whose sum is a row of the
 * level above. One instance serves one call at a time.
 */
public final class Lanes {
  /** Number of virtual lanes. */
  public static final int COUNT = 32;

  /** Number of elements of a block. */
  public static final int BLOCK = 4096;

  private final float[] ofBlock = new float[3 * COUNT];
  private final double[] ofBlockInDouble = new double[COUNT];
  private final float[] only = new float[1];
  private float[] elements = {};
  private float[] lanes = new float[COUNT];
  private int size = 1;
  private int taken;
  private @Nullable Lanes above;
  private boolean several;

  /**
   * The lanes of a vector's block in hand: 32 floats, for the kernel to fill and fold, and as many
   * for what is left of one or two vectors after whole 32 elements.
   */
  public float[] ofBlock() {
    return ofBlock;
  }

  /** The 32 lanes of a vector's block that is summed in double. */
  public double[] ofBlockInDouble() {
    return ofBlockInDouble;
  }

  /** Room for the elements of a vector's block. */
  public float[] elements() {
    if (elements.length == 0) {
      elements = new float[BLOCK];
    }
    return elements;
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
    fold(lanes, 1, COUNT);
    return lanes[0];
  }

  /** Folds 32 lanes to their sum in double; the array is used up. */
  public static double fold(double[] lanes) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[l] += lanes[half + l];
      }
    }
    return lanes[0];
  }

  /**
   * Folds lanes of {@code size} floats each onto the first. Those from {@code used} on are not
   * read: they would be +0, and a lane of a sum is never −0 (it starts at +0, and x + y is −0 only
   * if both are).
   */
  public static void fold(float[] lanes, int size, int used) {
    int left = used;
    for (int half = COUNT / 2; half > 0; half /= 2) {
      if (left > half) {
        int n = (left - half) * size;
        int from = half * size;
        for (int i = 0; i < n; i++) {
          lanes[i] += lanes[from + i];
        }
        left = half;
      }
    }
  }

  /** Begins the sum of single floats. */
  public void begin() {
    begin(1);
  }

  /** Begins the sum of rows of {@code size} floats. */
  public void begin(int size) {
    this.size = size;
    taken = 0;
    several = false;
  }

  /** Takes the next float. */
  public void add(float result) {
    only[0] = result;
    add(only, 0);
  }

  /** Takes the next row, which begins at {@code offset}. */
  public void add(float[] row, int offset) {
    if (taken % BLOCK == 0) {
      open(COUNT);
    }
    int lane = taken % COUNT * size;
    for (int i = 0; i < size; i++) {
      lanes[lane + i] += row[offset + i];
    }
    taken++;
  }

  /**
   * Begins a block of {@code rows} rows, which the kernel will add to the lanes itself.
   *
   * @param rows from 1 to 4096
   * @return lanes of {@code size} floats each, as many as there are rows, at most 32; all +0
   */
  public float[] block(int rows) {
    open(Math.min(rows, COUNT));
    taken = rows;
    return lanes;
  }

  /** Hands the block in hand, if there is one, to the level above, and begins a new one. */
  private void open(int count) {
    if (taken > 0) {
      Lanes next = above;
      if (next == null) {
        next = new Lanes();
        above = next;
      }
      if (!several) {
        next.begin(size);
        several = true;
      }
      fold(lanes, size, Math.min(taken, COUNT));
      next.add(lanes, 0);
    }
    int length = Math.multiplyExact(count, size);
    if (lanes.length < length) {
      lanes = new float[length];
    }
    Arrays.fill(lanes, 0, length, 0f);
    taken = 0;
  }

  /** Returns the sum of all floats: the float itself if there was one. */
  public float total() {
    if (taken != 1 || several) {
      total(only, 0);
    }
    return only[0];
  }

  /** Writes the sum of all rows; no row: +0. */
  public void total(float[] to, int offset) {
    fold(lanes, size, Math.min(taken, COUNT));
    Lanes next = above;
    if (taken == 0) {
      Arrays.fill(to, offset, offset + size, 0f);
    } else if (several && next != null) {
      next.add(lanes, 0);
      next.total(to, offset);
    } else {
      System.arraycopy(lanes, 0, to, offset, size);
    }
  }

  /**
   * Returns the sum in double of the results of all blocks, which begin the array, by the rule; the
   * array is used up.
   */
  public double total(double[] results, int blocks) {
    int left = blocks;
    while (left > 1) {
      for (int b = 0; b < blocks(left); b++) {
        // Result b of this level overwrites one that has been read: block b begins at b · 4096.
        Arrays.fill(ofBlockInDouble, 0.0);
        for (int i = 0; i < size(left, b); i++) {
          ofBlockInDouble[i % COUNT] += results[b * BLOCK + i];
        }
        results[b] = fold(ofBlockInDouble);
      }
      left = blocks(left);
    }
    return left == 0 ? 0 : results[0];
  }
}
