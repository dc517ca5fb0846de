package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.Rows;
import dev.lanewise.kernel.support.SimdPanelTiles;

/**
 * Computes products of any size, with packed copies of the operands' blocks.
 *
 * <p>From the outside in: column blocks of nc, row blocks of mc, then the chain in pieces of kc
 * terms. A piece packs kc × nc of B (or reads it where it lies, if C has few rows); then each block
 * of rows (see {@link TileSizes}) packs its part of A and runs, a few rows at a time, along B's
 * panels. Unfinished chains wait in C itself or, where the old C is still needed or C is nowhere,
 * in scratch.
 */
final class SimdGemmBlock extends SimdGemmPart {
  /**
   * Rows of C below which B is read where it lies: packing an element costs about as much as three
   * vectors of multiply-adds, reading it with a variable stride 5 % of its use.
   */
  private static final int FEW_ROWS = 256;

  /** A's packed copy is kept for all columns if it takes at most 256 KB. */
  private static final int KEPT_ELEMENTS = 1 << 16;

  /** Columns of B that are packed together if A's packed copy is kept: they stay close. */
  private static final int KEPT_COLUMNS = 128;

  /** Elements of a cache line, on most machines. */
  private static final int CACHE_LINE = 16;

  private static final int[] NO_BITS = {};
  private static final float[] NO_FLOATS = {};

  private int[] panelsA = NO_BITS;
  private float[] panelsB = NO_FLOATS;
  private final SimdPackA packA;

  /** A tile that is wider than what is left of C. */
  private final float[] edge = new float[12 * COLUMNS];

  private int kc;
  private int mc;
  private int nc;

  /** Panels of B that a block of columns takes. */
  private int blockPanels;

  /** Columns of nc, each block rounded up to whole panels. */
  private int packedColumns;

  private boolean onePiece;
  private boolean readB;
  private boolean keptA;

  /** The terms in hand. */
  private int firstTerm;

  private int terms;

  /** Keeps the compiler from leaving out {@link #fetch}. */
  @SuppressWarnings("UnusedVariable")
  private int fetched;

  SimdGemmBlock(GemmCall x) {
    super(x);
    packA = new SimdPackA(x);
  }

  @Override
  boolean fits() {
    return true;
  }

  @Override
  int tileRows() {
    return x.sizes.tileRows();
  }

  @Override
  int tileColumns() {
    return COLUMNS;
  }

  @Override
  void clear() {
    super.clear();
    panelsA = NO_BITS;
    panelsB = NO_FLOATS;
  }

  @Override
  void compute(Scratch scratch) {
    cut();
    int allRows = endRow - firstRow;
    kc = TileSizes.evenly(x.k, x.sizes.kc(), LANES);
    onePiece = x.k <= kc;
    readB = x.bColumnStride == 1 && x.sizes.tileRows() == 12 && allRows < FEW_ROWS;
    keptA = onePiece && (long) allRows * x.k <= KEPT_ELEMENTS;
    int most = keptA ? Math.min(x.sizes.nc(), KEPT_COLUMNS) : x.sizes.nc();
    nc = TileSizes.evenly(endColumn - firstColumn, most, blockColumns);
    blockPanels = (blockColumns + COLUMNS - 1) / COLUMNS;
    packedColumns = (nc + blockColumns - 1) / blockColumns * blockPanels * COLUMNS;
    mc = inPlace() || onePiece ? allRows : TileSizes.evenly(allRows, rowsOfChains(), blockRows);
    long depth = Math.min(kc, x.k);
    panelsB = panels(scratch, depth * packedColumns);
    long elements = depth * (keptA ? allRows : blockRows);
    panelsA = scratch.ints(PACKED_A, Math.toIntExact(elements + SimdPackA.SLACK));
    if (!inPlace()) {
      aim(chains(scratch, (long) (onePiece ? blockRows : mc) * packedColumns), 0, packedColumns);
    }
    for (int u = 0; keptA && u < allRows; u += blockRows) {
      packA(firstRow + u, Math.min(blockRows, allRows - u), 0, x.k, u * x.k);
    }
    for (int j = firstColumn; j < endColumn; j += nc) {
      for (int i = firstRow; i < endRow; i += mc) {
        for (int p = 0; p < x.k; p += kc) {
          firstTerm = p;
          terms = Math.min(kc, x.k - p);
          piece(i, Math.min(mc, endRow - i), j, Math.min(nc, endColumn - j));
        }
      }
    }
  }

  /** Rows of mc where their chains wait in scratch: fewer if they are very long. */
  private int rowsOfChains() {
    long elements = (long) x.sizes.mc() * x.sizes.nc();
    return (int) Math.max(1, Math.min(x.sizes.mc(), elements / packedColumns));
  }

  /**
   * Adds the terms in hand to the chains of some rows and columns; finishes them after the last.
   */
  private void piece(int i, int rows, int j, int columns) {
    packB(j, columns);
    for (int u = 0; u < rows; u += blockRows) {
      int height = Math.min(blockRows, rows - u);
      if (!keptA) {
        packA(i + u, height, firstTerm, terms, 0);
      }
      for (int v = 0; v < columns; v += blockColumns) {
        int panel = v / blockColumns * blockPanels;
        int width = Math.min(blockColumns, columns - v);
        if (inPlace()) {
          aim(x.c, indexInC(i + u, j + v), x.ldc);
        } else {
          aim(tile.c, onePiece ? 0 : u * packedColumns + panel * COLUMNS, packedColumns);
        }
        multiply(keptA ? u * terms : 0, height, j + v, width, panel);
        if (firstTerm + terms == x.k) {
          finish(i + u, height, j + v, width);
        }
      }
    }
  }

  private void packA(int i, int rows, int p, int terms, int to) {
    int height;
    for (int q = 0; q < rows; q += height) {
      height = height(rows - q, x.sizes.tileRows());
      packA.pack(i + q, height, p, terms, panelsA, to + q * terms);
    }
  }

  private void packB(int j, int columns) {
    if (readB) {
      fetch(x.b, x.bOffset + firstTerm * x.bTermStride + j, x.bTermStride, terms, columns);
    }
    for (int v = 0; v < columns; v += blockColumns) {
      int panel = v / blockColumns * blockPanels;
      int width = Math.min(blockColumns, columns - v);
      for (int q = 0; q < width; q += COLUMNS) {
        int left = Math.min(COLUMNS, width - q);
        if (!readB || left < COLUMNS) {
          int to = (panel * COLUMNS + q) * terms;
          packB.pack(j + v + q, left, firstTerm, terms, panelsB, to, COLUMNS);
        }
      }
    }
  }

  /**
   * Reads a piece of B once, row by row: the tiles' strided reads, which no prefetcher foresees,
   * then find it in the second-level cache.
   */
  private void fetch(float[] b, int offset, int ld, int rows, int columns) {
    int bits = 0;
    for (int i = 0; i < rows; i++) {
      int row = offset + i * ld;
      for (int j = 0; j < columns; j += CACHE_LINE) {
        bits ^= Float.floatToRawIntBits(b[row + j]);
      }
    }
    fetched = bits;
  }

  /** Adds the terms in hand to the chains of a block, whose part of B begins with a panel. */
  private void multiply(int a, int rows, int j, int columns, int panel) {
    tile.bits = panelsA;
    tile.terms = terms;
    tile.first = firstTerm == 0;
    int height;
    for (int u = 0; u < rows; u += height) {
      height = height(rows - u, x.sizes.tileRows());
      for (int v = 0; v < columns; v += COLUMNS) {
        boolean whole = columns - v >= COLUMNS;
        boolean read = readB && whole;
        tile.b = read ? x.b : panelsB;
        tile.ldb = read ? x.bTermStride : COLUMNS;
        int b =
            read ? x.bOffset + firstTerm * x.bTermStride + j + v : (panel * COLUMNS + v) * terms;
        int c = chainsAt + u * tile.ldc + v;
        if (whole || !inPlace()) {
          SimdPanelTiles.run(height, 2, tile, a + u * terms, b, c);
        } else {
          edge(height, columns - v, a + u * terms, b, c);
        }
      }
    }
  }

  /** A tile that is wider than what is left of C goes through a scratch tile. */
  private void edge(int rows, int columns, int a, int b, int c) {
    if (firstTerm > 0) {
      Rows.copy(rows, columns, x.c, c, x.ldc, edge, 0, COLUMNS);
    }
    tile.c = edge;
    tile.ldc = COLUMNS;
    SimdPanelTiles.run(rows, 2, tile, a, b, 0);
    Rows.copy(rows, columns, edge, 0, COLUMNS, x.c, c, x.ldc);
    tile.c = x.c;
    tile.ldc = x.ldc;
  }
}
