package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.math.Fma;

/**
 * Computes a rectangle of C = A·B on one thread, skipping the terms whose element of A is zero: a
 * layer's input behind ReLU and dropout, and the gradient that comes back through them, are mostly
 * zeros.
 *
 * <p>The bits are those of the whole chain. A skipped term is fma(±0, b, acc), and that is acc,
 * unless
 *
 * <ul>
 *   <li>b is not finite: then the terms of its piece of B (of all of B, if its panels are kept) are
 *       all computed, the zeros too;
 *   <li>acc is −0, which only a product too small for a float leaves behind: the next term that is
 *       not zero forgets it, so only a chain that ends in −0 is computed again, term by term.
 * </ul>
 *
 * <p>From the outside in: blocks of rows, blocks of columns, pieces of the chain, panels of 8
 * vectors: so that a piece of a panel of B stays in the first-level cache for all rows.
 */
final class SimdSkipping {
  static final int COLUMNS = SimdSkipKernel.COLUMNS;

  /** Most rows of a relay's chains, and of a block that a narrow C leaves room for. */
  private static final int MOST_SHORT_ROWS = 96;

  /** Fewer rows are not worth B's copy. */
  private static final int LEAST_ROWS = 5;

  /** Terms of a chain above which more zeros are asked for. */
  private static final int LONG = 1024;

  /**
   * Most rows that use a piece of B while it is packed: their chains of one panel, 128 KB with
   * 512-bit vectors, stay in the second-level cache.
   */
  private static final int MOST_ROWS = 256;

  /** B's packed copy is kept for all blocks of rows if it takes at most 256 KB. */
  private static final int KEPT_ELEMENTS = 1 << 16;

  /**
   * Where packed data begins in its array: behind the 16 bytes of an array's header it lies on 64
   * bytes if objects do (-XX:ObjectAlignmentInBytes=64). Every multiply-add reads a vector of it,
   * and one that crosses a cache line costs twice.
   */
  private static final int ALIGNED = 12;

  private final SimdBlocking blocking;
  private int[] low = {};
  private int[] high = {};
  private float[] packedB = {};
  private float[] chains = {};
  private final float[] square = SimdPackB.newSquare();

  /** The words of a row all of whose terms are computed. */
  private final int[] lowAll = new int[1];

  private final int[] highAll = new int[1];

  /** Terms of a piece: as many as a word has bits. */
  private int piece;

  /** Columns of a block, the last one's excepted. */
  private int blockColumns;

  /** The first row of the block in hand, and how many it has. */
  private int row;

  private int rows;

  /** The terms in hand: a part of the chain if others add the rest. */
  private int firstTerm;

  private int endTerm;

  /** Whether all panels of B are packed, one behind the other. */
  private boolean kept;

  /** Columns of a block when they were packed. */
  private int keptColumns;

  /** Whether the elements of the panels that are kept are all finite. */
  private boolean allFinite;

  SimdSkipping(SimdBlocking blocking) {
    this.blocking = blocking;
  }

  /**
   * Returns whether skipping is possible and pays: a chain is neither scaled nor added to, C is
   * wide enough, some rows use B's copy, and few elements of a sample of A differ from zero: fewer
   * than three tenths, or than half where rows lie side by side and their chains are not so long
   * that they are loaded again and again. That is where zeros spread at random stop paying; a
   * layer's lie together and pay a little longer. The bits do not depend on the answer.
   */
  static boolean pays(SimdProduct x, SimdBlocking blocking) {
    return x.k > 0
        && x.m >= LEAST_ROWS
        && x.alpha == 1
        && x.beta == 0
        && x.n >= COLUMNS
        && (double) x.m * x.n * x.k >= 16.0 * blocking.small()
        && nonzeroTenths(x, blocking.sample()) < (x.aTermStride == 1 || x.k > LONG ? 3 : 5);
  }

  /** Looks at some elements all over A; returns how many tenths of them differ from 0. */
  private static double nonzeroTenths(SimdProduct x, int sample) {
    int others = 0;
    int at = 0;
    for (int s = 0; s < sample; s++) {
      at = at * 0x915F77F5 + 1; // a full-period congruence: any fixed sequence would do
      int i = (int) ((Integer.toUnsignedLong(at) * x.m) >>> 32);
      int p = (int) ((Integer.toUnsignedLong(at * 0x9E3779B9) * x.k) >>> 32);
      others += SimdTerms.nonzero(x.a[x.aOffset + i * x.aRowStride + p * x.aTermStride]);
    }
    return sample == 0 ? 10 : 10.0 * others / sample;
  }

  /**
   * Whether the members of a team shall each add some of the terms to all chains: B is large, as a
   * layer's weights are, its rows lie in whole panels, and few rows of A use them.
   */
  static boolean relays(SimdProduct x, SimdBlocking blocking) {
    return !x.tiles
        && x.m <= MOST_SHORT_ROWS
        && x.bColumnStride == 1
        && x.n % COLUMNS == 0
        && x.columnGranule == COLUMNS
        && x.k >= 2 * COLUMNS
        && (long) x.k * x.n >= 8L * blocking.small();
  }

  /** Adds some terms to the chains of a block of C, one panel wide; finishes it after the last. */
  void add(
      SimdProduct x, int firstTerm, int endTerm, int firstRow, int endRow, int j, int endColumn) {
    row = firstRow;
    rows = endRow - firstRow;
    this.firstTerm = firstTerm;
    this.endTerm = endTerm;
    piece = Math.min(blocking.kc(), SimdTerms.MOST);
    kept = false;
    growWords();
    packedB = grown(packedB, ALIGNED + piece * COLUMNS);
    chains = grown(chains, ALIGNED + rows * COLUMNS);
    int offset = x.cOffset + row * x.ldc + j;
    // Copied, since another core has the chains in its cache: line by line each would be waited
    // for.
    for (int r = 0; r < rows && firstTerm > 0; r++) {
      System.arraycopy(x.c, offset + r * x.ldc, chains, ALIGNED + r * COLUMNS, COLUMNS);
    }
    for (int p = firstTerm; p < endTerm; p += piece) {
      findTerms(x, p);
      piece(x, p, j, COLUMNS, 0, chains, ALIGNED, COLUMNS);
    }
    for (int r = 0; r < rows; r++) {
      System.arraycopy(chains, ALIGNED + r * COLUMNS, x.c, offset + r * x.ldc, COLUMNS);
    }
    if (endTerm == x.k) {
      repeatMinusZeros(x, j, COLUMNS, x.c, offset, x.ldc);
      x.consumer.accept(x.c, offset, x.ldc, row, rows, j, endColumn - j);
    }
  }

  /**
   * Computes a rectangle of C.
   *
   * @param again whether the last call was for other rows of the same columns of this product
   */
  void compute(
      SimdProduct x, int firstRow, int endRow, int firstColumn, int endColumn, boolean again) {
    int allRows = endRow - firstRow;
    int columns = endColumn - firstColumn;
    int block = blocking.block();
    boolean keeps = (long) x.k * panels(columns) * COLUMNS <= KEPT_ELEMENTS;
    int leastRows = TileSizes.leastRows(allRows, x.rowGranule, x.columnGranule, block);
    if (!keeps && leastRows < allRows) {
      leastRows = TileSizes.evenly(allRows, MOST_ROWS, x.rowGranule);
    }
    blockColumns = TileSizes.columns(columns, leastRows, x.columnGranule, block);
    int few = Math.max(leastRows, Math.min(MOST_SHORT_ROWS, block / blockColumns));
    int blockRows = (int) Math.min(allRows, TileSizes.roundUp(few, x.rowGranule));
    piece = TileSizes.evenly(x.k, Math.min(blocking.kc(), SimdTerms.MOST), 1);
    firstTerm = 0;
    endTerm = x.k;
    boolean there = again && kept && blockColumns == keptColumns;
    kept = keeps && allRows > blockRows;
    if (kept && !there) {
      packAll(x, firstColumn, columns);
      keptColumns = blockColumns;
    }
    for (int i = firstRow; i < endRow; i += blockRows) {
      row = i;
      rows = Math.min(blockRows, endRow - i);
      growWords();
      int panel = 0;
      for (int j = firstColumn; j < endColumn; j += blockColumns) {
        int width = Math.min(blockColumns, endColumn - j);
        columns(x, j, width, panel, j == firstColumn);
        panel += panels(width);
      }
    }
  }

  /** Panels of a block's columns. */
  private static int panels(int columns) {
    return (columns + COLUMNS - 1) / COLUMNS;
  }

  /** Packs the panels of all blocks of columns, and looks whether all their elements are finite. */
  private void packAll(SimdProduct x, int firstColumn, int columns) {
    int blocks = (columns + blockColumns - 1) / blockColumns;
    packedB = grown(packedB, ALIGNED + (long) blocks * panels(blockColumns) * x.k * COLUMNS);
    int to = ALIGNED;
    allFinite = true;
    for (int j = 0; j < columns; j += blockColumns) {
      int width = Math.min(blockColumns, columns - j);
      for (int v = 0; v < width; v += COLUMNS) {
        packPanel(x, firstColumn + j + v, Math.min(COLUMNS, width - v), to);
        allFinite &= SimdSkipKernel.finite(x.k * COLUMNS, packedB, to);
        to += x.k * COLUMNS;
      }
    }
  }

  private void packPanel(SimdProduct x, int j, int columns, int to) {
    SimdPackB.packWide(
        x.b,
        x.bOffset + j * x.bColumnStride,
        x.bColumnStride,
        x.bTermStride,
        columns,
        x.k,
        packedB,
        to,
        COLUMNS,
        square);
  }

  /** Makes room for the words of the block's rows: row i's of piece t lies at t · rows + i. */
  private void growWords() {
    int pieces = (endTerm - firstTerm + piece - 1) / piece;
    if (high.length < (long) pieces * rows) { // the last to grow: there may not be memory for both
      low = new int[Math.multiplyExact(pieces, rows)];
      high = new int[low.length];
    }
  }

  /** Finds the terms of one piece of the block's rows that are not zero. */
  private void findTerms(SimdProduct x, int p) {
    int terms = Math.min(piece, endTerm - p);
    int from = x.aOffset + row * x.aRowStride + p * x.aTermStride;
    int to = (p - firstTerm) / piece * rows;
    if (x.aTermStride == 1) {
      SimdTerms.ofRows(rows, terms, x.a, from, x.aRowStride, low, high, to);
    } else {
      SimdTerms.ofColumns(rows, terms, x.a, from, x.aTermStride, low, high, to);
    }
  }

  /** A block of C: all its chains, then the consumer. */
  private void columns(SimdProduct x, int j, int columns, int panel, boolean firstBlock) {
    boolean inPlace = !x.tiles;
    int wide = columns / COLUMNS * COLUMNS;
    int ldChains = panels(columns) * COLUMNS;
    if (!inPlace || wide < columns) {
      chains = grown(chains, ALIGNED + (long) rows * ldChains);
    }
    int firstPanel = kept ? panel : 0;
    if (!kept) {
      packBlock(x, j, columns);
    }
    float[] tile = inPlace ? x.c : chains;
    int offset = inPlace ? x.cOffset + row * x.ldc + j : ALIGNED;
    int ld = inPlace ? x.ldc : ldChains;
    for (int p = 0; p < x.k; p += piece) {
      if (firstBlock) { // just before they are used, so that A is read once from afar
        findTerms(x, p);
      }
      for (int v = 0; v < columns; v += COLUMNS) {
        int to = firstPanel + v / COLUMNS;
        if (v < wide) {
          piece(x, p, j + v, COLUMNS, to, tile, offset + v, ld);
        } else {
          piece(x, p, j + v, columns - v, to, chains, ALIGNED + v, ldChains);
        }
      }
    }
    if (wide > 0) {
      repeatMinusZeros(x, j, wide, tile, offset, ld);
    }
    if (wide < columns) {
      repeatMinusZeros(x, j + wide, columns - wide, chains, ALIGNED + wide, ldChains);
      for (int r = 0; inPlace && r < rows; r++) {
        int from = ALIGNED + wide + r * ldChains;
        System.arraycopy(chains, from, tile, offset + wide + r * ld, columns - wide);
      }
    }
    int handed = TileSizes.evenly(rows, Math.max(1, blocking.block() / columns), x.rowGranule);
    for (int r = 0; r < rows; r += handed) {
      int height = Math.min(handed, rows - r);
      x.consumer.accept(tile, offset + r * ld, ld, row + r, height, j, columns);
    }
  }

  /** Whether a panel is packed with all its terms before it is used, not piece by piece. */
  private boolean packed(SimdProduct x, int columns) {
    return kept || x.bColumnStride != 1 || columns < COLUMNS;
  }

  /** Packs those panels of a block that are not packed piece by piece, each in its place. */
  private void packBlock(SimdProduct x, int j, int columns) {
    boolean some = packed(x, columns % COLUMNS == 0 ? COLUMNS : 1);
    packedB = grown(packedB, ALIGNED + (some ? (long) panels(columns) * x.k : piece) * COLUMNS);
    for (int v = 0; v < columns; v += COLUMNS) {
      int width = Math.min(COLUMNS, columns - v);
      if (packed(x, width)) {
        packPanel(x, j + v, width, ALIGNED + v * x.k);
      }
    }
  }

  /** One piece of a panel's chains. */
  private void piece(
      SimdProduct x, int p, int j, int columns, int panel, float[] c, int offset, int ld) {
    int terms = Math.min(piece, endTerm - p);
    boolean packed = packed(x, columns);
    int b = packed ? ALIGNED + (panel * x.k + p) * COLUMNS : ALIGNED;
    boolean finite =
        kept
            ? allFinite
            : packed
                ? SimdSkipKernel.finite(terms * COLUMNS, packedB, b)
                : SimdSkipKernel.pack(
                    terms, x.b, x.bOffset + p * x.bTermStride + j, x.bTermStride, packedB, b);
    int from = x.aOffset + row * x.aRowStride + p * x.aTermStride;
    int words = (p - firstTerm) / piece * rows;
    if (!finite) {
      multiplyAll(x, terms, from, b, p == 0, c, offset, ld);
      return;
    }
    SimdSkipKernel.multiply(
        rows,
        low,
        high,
        words,
        x.a,
        from,
        x.aRowStride,
        x.aTermStride,
        packedB,
        b,
        p == 0,
        c,
        offset,
        ld);
  }

  private void repeatMinusZeros(SimdProduct x, int j, int columns, float[] c, int offset, int ld) {
    for (int v = 0; v < columns; v += COLUMNS) {
      if (SimdSkipKernel.hasMinusZero(rows, c, offset + v, ld)) {
        for (int r = 0; r < rows; r++) {
          repeat(x, row + r, j + v, Math.min(COLUMNS, columns - v), c, offset + v + r * ld);
        }
      }
    }
  }

  /** All terms of a piece, the zeros too. */
  private void multiplyAll(
      SimdProduct x, int terms, int from, int b, boolean first, float[] c, int offset, int ld) {
    int half = SimdTerms.MOST / 2;
    lowAll[0] = -1 >>> Math.max(0, half - terms);
    highAll[0] = terms <= half ? 0 : -1 >>> (SimdTerms.MOST - terms);
    for (int r = 0; r < rows; r++) {
      SimdSkipKernel.multiply(
          1,
          lowAll,
          highAll,
          0,
          x.a,
          from + r * x.aRowStride,
          0,
          x.aTermStride,
          packedB,
          b,
          first,
          c,
          offset + r * ld,
          ld);
    }
  }

  /** Computes the elements of a row that are −0 again, term by term. */
  private static void repeat(SimdProduct x, int i, int j, int columns, float[] c, int offset) {
    for (int v = 0; v < columns; v++) {
      if (Float.floatToRawIntBits(c[offset + v]) == Integer.MIN_VALUE) {
        float chain = 0;
        for (int p = 0; p < x.k; p++) {
          chain =
              Fma.fma(
                  x.a[x.aOffset + i * x.aRowStride + p * x.aTermStride],
                  x.b[x.bOffset + (j + v) * x.bColumnStride + p * x.bTermStride],
                  chain);
        }
        c[offset + v] = chain;
      }
    }
  }

  private static float[] grown(float[] array, long size) {
    return array.length >= size ? array : new float[Math.toIntExact(size)];
  }
}
