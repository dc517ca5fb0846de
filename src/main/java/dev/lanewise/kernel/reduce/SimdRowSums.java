package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The sum of a matrix's rows; a part is a block of 4096 rows of a tile of columns. Reused call
 * after call.
 *
 * <p>The 32 lanes of every column are 32 rows of scratch memory, or fewer where the block has fewer
 * rows: the lanes left out are +0 and would add nothing in the fold, since a lane of a sum is never
 * −0 (it starts at +0, and x + y is −0 only if both are). Rows are read in order, as they lie in
 * memory.
 */
final class SimdRowSums implements Task {
  /** Columns of a tile: 32 lanes of them take 16 KB, half of a small first-level cache. */
  static final int TILE = 128;

  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final float[] NONE = {};

  private final int tile;
  private final float[] ownLanes;
  private int rows;
  private int columns;
  private int tiles;
  private float[] x = NONE;
  private int xOffset;
  private int ldx;
  private float[] y = NONE;
  private int yOffset;
  private float[] results = NONE;

  SimdRowSums(int tile) {
    this.tile = tile;
    ownLanes = new float[Lanes.COUNT * tile];
  }

  /** Sums the rows, with the team if there is one. */
  void sum(
      @Nullable Team team,
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] y,
      int yOffset) {
    int blocks = Lanes.blocks(rows);
    if (blocks <= 1) {
      share(team, rows, columns, x, xOffset, ldx, y, yOffset);
      return;
    }
    if (results.length < blocks * columns) {
      results = new float[blocks * columns];
    }
    share(team, rows, columns, x, xOffset, ldx, results, 0);
    // Results of results overwrite rows that have been read already: row b comes from b · 4096 on.
    int left = blocks;
    for (; left > Lanes.BLOCK; left = Lanes.blocks(left)) {
      share(null, left, columns, results, 0, columns, results, 0);
    }
    share(null, left, columns, results, 0, columns, y, yOffset);
  }

  private void share(
      @Nullable Team team,
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] y,
      int yOffset) {
    this.rows = rows;
    this.columns = columns;
    this.x = x;
    this.xOffset = xOffset;
    this.ldx = ldx;
    this.y = y;
    this.yOffset = yOffset;
    tiles = (columns - 1) / tile + 1;
    int parts = Math.max(1, Lanes.blocks(rows)) * tiles;
    try {
      if (team != null) {
        team.run(parts, this);
      } else {
        for (int part = 0; part < parts; part++) {
          part(part, ownLanes);
        }
      }
    } finally {
      this.x = NONE;
      this.y = NONE;
    }
  }

  @Override
  public void run(int part, Scratch scratch) {
    part(part, scratch.floats(0, Lanes.COUNT * tile));
  }

  private void part(int part, float[] lanes) {
    int block = part / tiles;
    int column = part % tiles * tile;
    int width = Math.min(tile, columns - column);
    int size = Lanes.size(rows, block);
    int used = Math.min(Lanes.COUNT, size);
    Arrays.fill(lanes, 0, used * width, 0f);
    int at = xOffset + block * Lanes.BLOCK * ldx + column;
    if (ldx == width) {
      // 32 rows lie in x as their lanes lie in the scratch memory: one stretch, however narrow.
      for (int i = 0; i < size; i += Lanes.COUNT) {
        addRow(Math.min(Lanes.COUNT, size - i) * width, x, at + i * width, lanes, 0);
      }
    } else {
      for (int i = 0; i < size; i++) {
        addRow(width, x, at + i * ldx, lanes, i % Lanes.COUNT * width);
      }
    }
    for (int half = Lanes.COUNT / 2; half > 0; half /= 2) {
      if (used > half) {
        addRow((used - half) * width, lanes, half * width, lanes, 0);
        used = half;
      }
    }
    int to = yOffset + block * columns + column;
    if (used == 0) {
      Arrays.fill(y, to, to + width, 0f);
    } else {
      System.arraycopy(lanes, 0, y, to, width);
    }
  }

  /** Adds a stretch of numbers to as many others. */
  private static void addRow(int n, float[] x, int xOffset, float[] sums, int sumsOffset) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector sum = FloatVector.fromArray(S, sums, sumsOffset + j);
      sum.add(FloatVector.fromArray(S, x, xOffset + j)).intoArray(sums, sumsOffset + j);
    }
    for (; j < n; j++) {
      sums[sumsOffset + j] += x[xOffset + j];
    }
  }
}
