package dev.lanewise.kernel.matmul;

import static dev.lanewise.kernel.support.VectorWidth.wholeVectors;

import dev.lanewise.kernel.parallel.Scratch;
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
      int width = wholeVectors(columns + LANES - 1);
      boolean packed = x.bColumnStride != 1 || columns < LANES;
      if (packed) {
        growPanels(scratch, (long) x.k * width);
        packB.pack(j, columns, 0, x.k, packedB, 0, width);
      }
      tile.b = packed ? packedB : x.b;
      tile.ldb = packed ? width : x.bTermStride;
      boolean waitInC = inPlace() && (columns == width || !packed);
      for (int i = firstRow; i < endRow; i += blockRows) {
        int rows = Math.min(blockRows, endRow - i);
        if (waitInC) {
          aim(x.c, indexInC(i, j), x.ldc);
        } else {
          aim(chains(scratch, (long) blockRows * width), 0, width);
        }
        multiply(i, rows, packed ? width : columns, packed ? 0 : x.bOffset + j);
        finish(i, rows, j, columns);
      }
    }
  }

  /** Computes rows of at least one vector; the last vector may overlap with the one before it. */
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
      int r = 0;
      for (; r <= rows - TALL; r += TALL) {
        tile(TALL, 1, a, r, b, at);
      }
      for (; r < rows; r++) {
        tile(1, 1, a, r, b, at);
      }
    }
  }

  private void tile(int rows, int vectors, int a, int r, int b, int v) {
    int c = chainsAt + r * chainsLd + v;
    SimdStridedTiles.run(rows, vectors, tile, a + r * x.aRowStride, b + v, c);
  }
}
