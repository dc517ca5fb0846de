package dev.lanewise.kernel.matmul;

import static dev.lanewise.kernel.support.VectorWidth.roundedUp;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.Rows;
import dev.lanewise.kernel.support.SimdStridedTiles;

/**
 * Computes products that are small or narrow, or whose operands would be used only once or twice if
 * they were packed: A is read with any strides, and B's rows where they lie.
 *
 * <p>A block of B is packed nevertheless, into a single panel, if B is transposed, and if it is
 * less than a vector wide.
 */
final class SimdUnpacked extends SimdGemmPart {
  /** Rows of C below which B is read where it lies: a packed copy would be used too rarely. */
  private static final int FEW_ROWS = 4;

  /** Rows and vectors of the tile for many rows, and vectors of that for few. */
  private static final int TALL = 4;

  private static final int WIDE = 8;

  /** Whether the block of B in hand is packed. */
  private boolean packed;

  SimdUnpacked(GemmCall x) {
    super(x);
  }

  @Override
  boolean fits() {
    return x.k == 0
        || x.work() < x.sizes.small()
        || (x.m < FEW_ROWS && x.bColumnStride == 1)
        || x.n <= LANES;
  }

  @Override
  int tileRows() {
    return x.sizes.tileRows();
  }

  @Override
  int tileColumns() {
    return 2 * LANES;
  }

  @Override
  void compute(Scratch scratch) {
    cut();
    tile.a = x.a;
    tile.rowStride = x.aRowStride;
    tile.step = x.aTermStride;
    tile.terms = x.k;
    tile.first = true;
    for (int j = firstColumn; j < endColumn; j += blockColumns) {
      int columns = Math.min(blockColumns, endColumn - j);
      int width = roundedUp(columns);
      packed = x.bColumnStride != 1 || columns < LANES;
      tile.b = packed ? panels(scratch, (long) x.k * width) : x.b;
      tile.ldb = packed ? width : x.bTermStride;
      if (packed) {
        packB.pack(j, columns, 0, x.k, tile.b, 0, width);
      }
      for (int i = firstRow; i < endRow; i += blockRows) {
        int rows = Math.min(blockRows, endRow - i);
        block(scratch, i, rows, j, columns, packed ? width : columns);
        finish(i, rows, j, columns);
      }
    }
  }

  /**
   * Computes a block's chains, {@code width} columns of them, in C as far as they can wait there.
   */
  private void block(Scratch scratch, int i, int rows, int j, int columns, int width) {
    int b = packed ? 0 : x.bOffset + j;
    int inC = inPlace() ? rowsInC(rows, columns, width) : 0;
    if (inC > 0) {
      aim(x.c, indexInC(i, j), x.ldc);
      multiply(i, inC, width, b);
    }
    if (inC < rows) {
      int ld = roundedUp(width);
      aim(chains(scratch, (long) blockRows * ld), 0, ld);
      int first = Math.max(0, Math.min(inC, rows - TALL));
      multiply(i + first, rows - first, width, b);
      if (inPlace()) {
        int c = indexInC(i + inC, j);
        Rows.copy(rows - inC, columns, tile.c, (inC - first) * ld, ld, x.c, c, x.ldc);
        aim(x.c, indexInC(i, j), x.ldc);
      }
    }
  }

  /**
   * How many of a block's rows can be written to C in whole vectors. If a row is less than one, and
   * the next row follows at once, what is written too far is overwritten by the rows that follow.
   */
  private int rowsInC(int rows, int columns, int width) {
    if (width == columns) {
      return rows;
    }
    boolean follow = columns < LANES && columns == x.ldc;
    return follow ? Math.max(0, rows - (LANES - 1) / columns) : 0;
  }

  /** Computes rows of at least one vector. The last tiles may overlap with those before them. */
  private void multiply(int i, int rows, int columns, int b) {
    int a = x.aOffset + i * x.aRowStride;
    int v = 0;
    for (; rows < TALL && v <= columns - WIDE * LANES; v += WIDE * LANES) {
      for (int r = 0; r < rows; r++) {
        tile(1, WIDE, a, r, b, v);
      }
    }
    for (; v < columns; v += LANES) {
      int at = Math.min(v, columns - LANES);
      int height = rows < TALL ? 1 : TALL;
      for (int r = 0; r < rows; r += height) {
        tile(height, 1, a, Math.min(r, rows - height), b, at);
      }
    }
  }

  private void tile(int rows, int vectors, int a, int r, int b, int v) {
    int c = chainsAt + r * tile.ldc + v;
    SimdStridedTiles.run(rows, vectors, tile, a + r * x.aRowStride, b + v, c);
  }
}
