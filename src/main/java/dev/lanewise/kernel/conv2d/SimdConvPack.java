package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.VectorWidth;

/**
 * Copies what the microkernel reads into the order in which it reads it.
 *
 * <p>Copies of a few floats are done in whole vectors, ascending: what is written too far is
 * overwritten by the next copy, and arrays end in {@code SLACK} floats that nobody reads.
 */
final class SimdConvPack {
  /** Floats behind every packed array that copies may read and write too far: two vectors. */
  static final int SLACK = 64;

  private static final int L = VectorWidth.LANES;

  private SimdConvPack() {}

  /** Rounds a number of columns up to whole vectors. */
  static int padded(int columns) {
    return (columns + L - 1) / L * L;
  }

  /** Number of vectors (1 or 2) of the panel that begins at a column of {@code padded} columns. */
  static int vectors(int column, int padded) {
    return padded - column > L ? 2 : 1;
  }

  /**
   * Where packed pixels lie: term k of a tile begins at k · rows. Tables for each number of rows,
   * grown on demand.
   */
  static final class Steps {
    private final int[][] tables = new int[SimdConvMicrokernel.MOST_ROWS + 1][0];

    /** A table of at least so many terms. */
    int[] of(int rows, int terms) {
      if (tables[rows].length < terms) {
        int[] table = new int[terms];
        for (int k = 0; k < terms; k++) {
          table[k] = k * rows;
        }
        tables[rows] = table;
      }
      return tables[rows];
    }
  }
}
