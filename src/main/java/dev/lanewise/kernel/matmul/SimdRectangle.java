package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;

/**
 * Computes a rectangle of C on one thread, with packed copies of the operands' blocks.
 *
 * <p>From the outside in: column blocks of nc, row blocks of mc, then the chain in pieces of kc
 * terms. A piece packs kc × nc of B (or reads it where it lies, if C has few rows); then each block
 * of rows (see {@link TileSizes}) packs its part of A and runs, a few rows at a time, along B's
 * panels. Unfinished chains wait in C itself or, where the old C is still needed or C is nowhere,
 * in scratch. After the last piece a block is scaled and handed to the consumer.
 */
final class SimdRectangle {
  private static final int COLUMNS = SimdMicrokernel.COLUMNS;
  private static final int LANES = VectorWidth.LANES;

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

  private final SimdBlocking blocking;
  private float[] packedA = {};
  private float[] packedB = {};
  private float[] chains = {};
  private final float[] edge = new float[12 * COLUMNS];
  private final float[] square = SimdPackB.newSquare();

  private int blockRows;
  private int blockColumns;
  private int packedColumns;
  private boolean onePiece;
  private boolean readB;
  private boolean keptA;

  /** Keeps the compiler from leaving out {@link #fetch}. */
  @SuppressWarnings("UnusedVariable")
  private int fetched;

  /** Where in the packed copy of A the block in hand starts. */
  private int aAt;

  /** Panels of B that a block of columns takes. */
  private int blockPanels;

  /** Where unfinished chains wait: C, or scratch. */
  private float[] target = {};

  private int targetOffset;
  private int targetLd;

  SimdRectangle(SimdBlocking blocking) {
    this.blocking = blocking;
  }

  void compute(SimdProduct x, int firstRow, int endRow, int firstColumn, int endColumn) {
    int rows = endRow - firstRow;
    int block = blocking.block();
    int leastRows = TileSizes.leastRows(rows, x.rowGranule, x.columnGranule, block);
    blockColumns = TileSizes.columns(endColumn - firstColumn, leastRows, x.columnGranule, block);
    blockRows = TileSizes.rows(rows, leastRows, x.rowGranule, blockColumns, block);
    blockPanels = (blockColumns + COLUMNS - 1) / COLUMNS;
    if (x.direct) {
      computeDirectly(x, firstRow, endRow, firstColumn, endColumn);
    } else {
      computePacked(x, firstRow, endRow, firstColumn, endColumn);
    }
  }

  /** Forgets the caller's array. */
  void clear() {
    target = packedA;
  }

  private static boolean inPlace(SimdProduct x) {
    return !x.tiles && x.beta == 0;
  }

  private void computePacked(
      SimdProduct x, int firstRow, int endRow, int firstColumn, int endColumn) {
    int allRows = endRow - firstRow;
    int kc = TileSizes.evenly(x.k, blocking.kc(), LANES);
    int depth = Math.min(kc, x.k);
    onePiece = x.k <= kc;
    readB = x.bColumnStride == 1 && blocking.tileRows() == 12 && allRows < FEW_ROWS;
    keptA = onePiece && (long) allRows * depth <= KEPT_ELEMENTS;
    int most = keptA ? Math.min(blocking.nc(), KEPT_COLUMNS) : blocking.nc();
    int nc = TileSizes.evenly(endColumn - firstColumn, most, blockColumns);
    packedColumns = (nc + blockColumns - 1) / blockColumns * blockPanels * COLUMNS;
    int mc = allRows;
    if (!inPlace(x) && !onePiece) {
      mc = TileSizes.evenly(mc, rowsOfChains(), blockRows);
    }
    packedB = grown(packedB, (long) depth * packedColumns);
    packedA = grown(packedA, (long) depth * (keptA ? allRows : blockRows));
    if (!inPlace(x)) {
      chains = grown(chains, (long) (onePiece ? blockRows : mc) * packedColumns);
    }
    if (keptA) {
      for (int u = 0; u < allRows; u += blockRows) {
        packA(x, firstRow + u, Math.min(blockRows, allRows - u), 0, x.k, u * x.k);
      }
    }
    for (int j = firstColumn; j < endColumn; j += nc) {
      int columns = Math.min(nc, endColumn - j);
      for (int i = firstRow; i < endRow; i += mc) {
        int rows = Math.min(mc, endRow - i);
        for (int p = 0; p < x.k; p += kc) {
          int terms = Math.min(kc, x.k - p);
          packB(x, p, terms, j, columns);
          piece(x, i, rows, j, columns, p, terms);
        }
      }
    }
  }

  /** Rows of mc where their chains wait in scratch: fewer if they are very long. */
  private int rowsOfChains() {
    long elements = (long) blocking.mc() * blocking.nc();
    return (int) Math.max(1, Math.min(blocking.mc(), elements / packedColumns));
  }

  private void packB(SimdProduct x, int p, int terms, int j, int columns) {
    if (readB) {
      fetch(x.b, x.bOffset + p * x.bTermStride + j, x.bTermStride, terms, columns);
    }
    int panel = 0;
    for (int block = 0; block < columns; block += blockColumns) {
      int end = Math.min(block + blockColumns, columns);
      for (int q = block; q < end; q += COLUMNS) {
        if (!readB || end - q < COLUMNS) {
          SimdPackB.pack(
              x.b,
              x.bOffset + (j + q) * x.bColumnStride + p * x.bTermStride,
              x.bColumnStride,
              x.bTermStride,
              Math.min(COLUMNS, end - q),
              terms,
              packedB,
              panel * terms * COLUMNS,
              square);
        }
        panel++;
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

  private void packA(SimdProduct x, int i, int rows, int p, int terms, int to) {
    int height;
    for (int q = 0; q < rows; q += height) {
      height = SimdMicrokernel.height(rows - q, blocking.tileRows());
      SimdPackA.pack(
          x.a,
          x.aOffset + (i + q) * x.aRowStride + p * x.aTermStride,
          x.aRowStride,
          x.aTermStride,
          height,
          terms,
          packedA,
          to + q * terms);
    }
  }

  private void piece(SimdProduct x, int i, int rows, int j, int columns, int p, int terms) {
    for (int u = 0; u < rows; u += blockRows) {
      int height = Math.min(blockRows, rows - u);
      if (!keptA) {
        packA(x, i + u, height, p, terms, 0);
      }
      aAt = keptA ? u * terms : 0;
      int panel = 0;
      for (int v = 0; v < columns; v += blockColumns) {
        int width = Math.min(blockColumns, columns - v);
        if (inPlace(x)) {
          target = x.c;
          targetOffset = x.cOffset + (i + u) * x.ldc + j + v;
          targetLd = x.ldc;
        } else {
          target = chains;
          targetOffset = onePiece ? 0 : u * packedColumns + panel * COLUMNS;
          targetLd = packedColumns;
        }
        multiplyBlock(x, height, width, p, terms, j + v, panel);
        if (p + terms == x.k) {
          finish(x, i + u, height, j + v, width);
        }
        panel += blockPanels;
      }
    }
  }

  private void multiplyBlock(
      SimdProduct x, int rows, int columns, int p, int terms, int j, int panel) {
    boolean first = p == 0;
    int height;
    for (int u = 0; u < rows; u += height) {
      height = SimdMicrokernel.height(rows - u, blocking.tileRows());
      int a = aAt + u * terms;
      for (int v = 0; v < columns; v += COLUMNS) {
        int to = targetOffset + u * targetLd + v;
        boolean whole = columns - v >= COLUMNS;
        int b = (panel + v / COLUMNS) * terms * COLUMNS;
        if (whole && readB) {
          b = x.bOffset + p * x.bTermStride + j + v;
          SimdMicrokernel.multiply(
              height, first, terms, packedA, a, x.b, b, x.bTermStride, target, to, targetLd);
        } else if (whole || !inPlace(x)) {
          SimdMicrokernel.multiply(
              height, first, terms, packedA, a, packedB, b, COLUMNS, target, to, targetLd);
        } else {
          multiplyEdge(height, columns - v, first, terms, a, b, to);
        }
      }
    }
  }

  /** A tile that is wider than what is left of C goes through a scratch tile. */
  private void multiplyEdge(int rows, int columns, boolean first, int terms, int a, int b, int to) {
    if (!first) {
      SimdFinish.copy(rows, columns, target, to, targetLd, edge, 0, COLUMNS);
    }
    SimdMicrokernel.multiply(rows, first, terms, packedA, a, packedB, b, COLUMNS, edge, 0, COLUMNS);
    SimdFinish.copy(rows, columns, edge, 0, COLUMNS, target, to, targetLd);
  }

  private void computeDirectly(
      SimdProduct x, int firstRow, int endRow, int firstColumn, int endColumn) {
    if (!inPlace(x)) {
      chains = grown(chains, (long) blockRows * blockColumns);
    }
    boolean packed = x.bColumnStride != 1;
    readB = false;
    if (packed) {
      int panels = (endColumn - firstColumn + blockColumns - 1) / blockColumns * blockPanels;
      packedB = grown(packedB, (long) x.k * panels * COLUMNS);
      packB(x, 0, x.k, firstColumn, endColumn - firstColumn);
    }
    for (int i = firstRow; i < endRow; i += blockRows) {
      int height = Math.min(blockRows, endRow - i);
      int panel = 0;
      for (int j = firstColumn; j < endColumn; j += blockColumns) {
        int width = Math.min(blockColumns, endColumn - j);
        if (inPlace(x)) {
          target = x.c;
          targetOffset = x.cOffset + i * x.ldc + j;
          targetLd = x.ldc;
        } else {
          target = chains;
          targetOffset = 0;
          targetLd = blockColumns;
        }
        if (packed) {
          directPanels(x, i, height, width, panel * x.k * COLUMNS);
        } else {
          direct(x, i, height, width, x.b, x.bOffset + j, x.bTermStride, targetOffset);
        }
        finish(x, i, height, j, width);
        panel += blockPanels;
      }
    }
  }

  private void directPanels(SimdProduct x, int i, int rows, int columns, int bOffset) {
    for (int v = 0; v < columns; v += COLUMNS) {
      int width = Math.min(COLUMNS, columns - v);
      direct(x, i, rows, width, packedB, bOffset + v * x.k, COLUMNS, targetOffset + v);
    }
  }

  private void direct(
      SimdProduct x, int i, int rows, int columns, float[] b, int bOffset, int ldb, int to) {
    int from = x.aOffset + i * x.aRowStride;
    SimdDirect.multiply(
        rows,
        columns,
        x.k,
        x.a,
        from,
        x.aRowStride,
        x.aTermStride,
        b,
        bOffset,
        ldb,
        target,
        to,
        targetLd);
  }

  private void finish(SimdProduct x, int i, int rows, int j, int columns) {
    float[] tile = target;
    int offset = targetOffset;
    int ld = targetLd;
    if (x.tiles || x.beta == 0) {
      if (x.alpha != 1) {
        SimdFinish.scale(rows, columns, x.alpha, tile, offset, ld);
      }
    } else {
      tile = x.c;
      offset = x.cOffset + i * x.ldc + j;
      ld = x.ldc;
      SimdFinish.add(
          rows, columns, x.alpha, target, targetOffset, targetLd, x.beta, tile, offset, ld);
    }
    x.consumer.accept(tile, offset, ld, i, rows, j, columns);
  }

  private static float[] grown(float[] array, long length) {
    return array.length >= length ? array : new float[Math.toIntExact(length)];
  }
}
