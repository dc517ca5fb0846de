package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.ScalarBlocks;
import java.util.Arrays;

/** The scalar twin: the definition of the reductions. Thread-safe. */
public final class ScalarReduce implements Reduce {
  private final Recycler<Lanes> lanes = new Recycler<>(Lanes::new);
  private final Recycler<DoubleLanes> doubles = new Recycler<>(DoubleLanes::new);
  private final Recycler<Rows> rowScratch = new Recycler<>(Rows::new);

  /** Builds the scalar twin. */
  public ScalarReduce() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public float sum(int n, float[] x, int xOffset) {
    ReduceArguments.vector(n, x, xOffset);
    Lanes borrowed = lanes.take();
    try {
      return ScalarBlocks.sum(n, x, xOffset, borrowed);
    } finally {
      lanes.give(borrowed);
    }
  }

  @Override
  public float max(int n, float[] x, int xOffset) {
    ReduceArguments.vector(n, x, xOffset);
    return ScalarBlocks.max(n, x, xOffset);
  }

  @Override
  public float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
    ReduceArguments.vectors(n, x, xOffset, y, yOffset);
    Lanes borrowed = lanes.take();
    try {
      return ScalarBlocks.dot(n, x, xOffset, y, yOffset, borrowed);
    } finally {
      lanes.give(borrowed);
    }
  }

  @Override
  public float squaredNorm(int n, float[] x, int xOffset) {
    return dot(n, x, xOffset, x, xOffset);
  }

  @Override
  public double squaredNormInDouble(int n, float[] x, int xOffset) {
    ReduceArguments.vector(n, x, xOffset);
    DoubleLanes borrowed = doubles.take();
    try {
      double[] results = borrowed.ofBlocks(n);
      for (int b = 0; b < Lanes.blocks(n); b++) {
        int at = b * BLOCK;
        blockNorm(Lanes.size(n, b), x, xOffset + at, results, b * LANES);
        results[b] = DoubleLanes.fold(results, b * LANES);
      }
      return DoubleLanes.total(results, Lanes.blocks(n));
    } finally {
      doubles.give(borrowed);
    }
  }

  private static void blockNorm(int n, float[] x, int xOffset, double[] lanes, int lanesOffset) {
    Arrays.fill(lanes, lanesOffset, lanesOffset + LANES, 0.0);
    for (int i = 0; i < n; i++) {
      double value = x[xOffset + i];
      lanes[lanesOffset + i % LANES] += value * value;
    }
  }

  @Override
  public int argMax(int n, float[] x, int xOffset) {
    ReduceArguments.argMax(n, x, xOffset);
    int best = 0;
    for (int i = 1; i < n; i++) {
      float value = x[xOffset + i];
      float largest = x[xOffset + best];
      if (value > largest || (Float.isNaN(value) && !Float.isNaN(largest))) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void sumRows(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset) {
    ReduceArguments.sumRows(rows, columns, x, xOffset, ldx, y, yOffset);
    Rows borrowed = rowScratch.take();
    try {
      for (int j = 0; j < columns; j += Rows.TILE) {
        int width = Math.min(Rows.TILE, columns - j);
        borrowed.sum(rows, width, x, xOffset + j, ldx, y, yOffset + j);
      }
    } finally {
      rowScratch.give(borrowed);
    }
  }

  /**
   * Rows of lanes, one column of the matrix beside the other, and a row for each block's result.
   */
  private static final class Rows {
    /** Columns that are summed together: 32 rows of them stay in the second-level cache. */
    static final int TILE = 1024;

    private final float[] lanes = new float[LANES * TILE];
    private float[] results = {};

    void sum(int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset) {
      if (rows <= BLOCK) {
        block(rows, columns, x, xOffset, ldx, y, yOffset);
        return;
      }
      int blocks = Lanes.blocks(rows);
      if (results.length < blocks * columns) {
        results = new float[blocks * columns];
      }
      for (int b = 0; b < blocks; b++) {
        int at = xOffset + b * BLOCK * ldx;
        block(Lanes.size(rows, b), columns, x, at, ldx, results, b * columns);
      }
      // Results of results overwrite rows that have been read already: row b comes from b·4096 on.
      int left = blocks;
      for (; left > BLOCK; left = Lanes.blocks(left)) {
        for (int b = 0; b < Lanes.blocks(left); b++) {
          int at = b * BLOCK * columns;
          block(Lanes.size(left, b), columns, results, at, columns, results, b * columns);
        }
      }
      block(left, columns, results, 0, columns, y, yOffset);
    }

    private void block(
        int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset) {
      Arrays.fill(lanes, 0, LANES * columns, 0f);
      for (int i = 0; i < rows; i++) {
        int lane = i % LANES * columns;
        for (int j = 0; j < columns; j++) {
          lanes[lane + j] += x[xOffset + i * ldx + j];
        }
      }
      for (int half = LANES / 2; half > 0; half /= 2) {
        for (int j = 0; j < half * columns; j++) {
          lanes[j] += lanes[half * columns + j];
        }
      }
      System.arraycopy(lanes, 0, y, yOffset, columns);
    }
  }
}
