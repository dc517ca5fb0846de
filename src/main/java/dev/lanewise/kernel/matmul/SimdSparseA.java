package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.Rows;
import dev.lanewise.kernel.support.SimdSparseTiles;
import dev.lanewise.kernel.support.VectorWidth;

/**
 * Computes products of which most elements of A are zero, and skips those terms: a layer's input
 * behind ReLU and dropout, and the gradient that comes back through them, are mostly zeros.
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
final class SimdSparseA extends SimdGemmPart {
  private static final int VECTORS = 8;

  /** Columns of a panel. */
  static final int COLUMNS = VECTORS * LANES;

  /** Fewer rows are not worth B's copy. */
  private static final int LEAST_ROWS = 5;

  /** Terms of a chain above which more zeros are asked for. */
  private static final int LONG = 1024;

  /** Most rows of a block that a narrow C leaves room for. */
  private static final int MOST_SHORT_ROWS = 96;

  /**
   * Most rows that use a piece of B while it is packed: their chains of one panel, 128 KB with
   * 512-bit vectors, stay in the second-level cache.
   */
  private static final int MOST_ROWS = 256;

  /** B's packed copy is kept for all blocks of rows if it takes at most 256 KB. */
  private static final int KEPT_ELEMENTS = 1 << 16;

  private static final int[] NONE = {};

  /** Which terms are not zero: the word of row r and piece t lies at t · rows + r. */
  private int[] low = NONE;

  private int[] high = NONE;

  /** Terms of a piece: as many as a word has bits. */
  private int piece;

  /** Whether all panels of B are packed, one behind the other. */
  private boolean kept;

  /** Whether the elements of the panels that are kept are all finite. */
  private boolean allFinite;

  /** The first row of the block in hand, and how many it has. */
  private int row;

  private int rows;

  SimdSparseA(GemmCall x) {
    super(x);
  }

  /**
   * Whether skipping is possible and pays: a chain is neither scaled nor added to, C is wide
   * enough, some rows use B's copy, and few elements of a sample of A differ from zero: fewer than
   * three tenths, or than half where rows lie side by side and their chains are not so long that
   * they are loaded again and again. That is where zeros spread at random stop paying; a layer's
   * lie together and pay a little longer. The bits do not depend on the answer.
   */
  @Override
  boolean fits() {
    return x.k > 0
        && x.m >= LEAST_ROWS
        && x.alpha == 1
        && x.beta == 0
        && x.n >= COLUMNS
        && x.work() >= 16.0 * x.sizes.small()
        && nonzeroTenths() < (x.aTermStride == 1 || x.k > LONG ? 3 : 5);
  }

  /** Looks at some elements all over A; returns how many tenths of them differ from 0. */
  private double nonzeroTenths() {
    int sample = x.sizes.sample();
    int others = 0;
    int at = 0;
    for (int s = 0; s < sample; s++) {
      at = at * 0x915F77F5 + 1; // a full-period congruence: any fixed sequence would do
      int i = (int) ((Integer.toUnsignedLong(at) * x.m) >>> 32);
      int p = (int) ((Integer.toUnsignedLong(at * 0x9E3779B9) * x.k) >>> 32);
      others += SimdNonZeroMask.nonzero(x.a[x.aOffset + i * x.aRowStride + p * x.aTermStride]);
    }
    return sample == 0 ? 10 : 10.0 * others / sample;
  }

  @Override
  int tileRows() {
    return 1;
  }

  @Override
  int tileColumns() {
    return COLUMNS;
  }

  @Override
  int chunk() {
    return COLUMNS;
  }

  /**
   * B is large, as a layer's weights are, its rows lie in whole panels, and few of A's use them.
   */
  @Override
  boolean relays() {
    return !x.tiles
        && x.m <= MOST_SHORT_ROWS
        && x.bColumnStride == 1
        && x.n % COLUMNS == 0
        && x.columnGranule == COLUMNS
        && x.k >= 2 * COLUMNS
        && (long) x.k * x.n >= 8L * x.sizes.small();
  }

  @Override
  void clear() {
    super.clear();
    low = NONE;
    high = NONE;
  }

  @Override
  void compute(Scratch scratch) {
    int columns = endColumn - firstColumn;
    int terms = toTerm - fromTerm;
    piece = TileSizes.evenly(terms, Math.min(x.sizes.kc(), SimdNonZeroMask.MOST), 1);
    cutBlocks(columns);
    int panels = (columns + blockColumns - 1) / blockColumns * panels(blockColumns);
    tile.b = panels(scratch, VectorWidth.ALIGNED + (long) (kept ? panels * x.k : piece) * COLUMNS);
    if (kept) {
      packAll();
    }
    int words = Math.multiplyExact((terms + piece - 1) / piece, blockRows);
    low = scratch.ints(0, words);
    high = scratch.ints(1, words);
    tile.a = x.a;
    tile.step = x.aTermStride;
    for (int i = firstRow; i < endRow; i += blockRows) {
      row = i;
      rows = Math.min(blockRows, endRow - i);
      for (int j = firstColumn; j < endColumn; j += blockColumns) {
        block(scratch, j, Math.min(blockColumns, endColumn - j));
      }
    }
  }

  private void cutBlocks(int columns) {
    int block = x.sizes.block();
    int allRows = endRow - firstRow;
    int leastRows = TileSizes.leastRows(allRows, x.rowGranule, x.columnGranule, block);
    boolean small = (long) x.k * panels(columns) * COLUMNS <= KEPT_ELEMENTS;
    if (!small && leastRows < allRows) {
      leastRows = TileSizes.evenly(allRows, MOST_ROWS, x.rowGranule);
    }
    blockColumns = TileSizes.columns(columns, leastRows, x.columnGranule, block);
    int few = Math.max(leastRows, Math.min(MOST_SHORT_ROWS, block / blockColumns));
    blockRows = (int) Math.min(allRows, TileSizes.roundUp(few, x.rowGranule));
    kept = small && allRows > blockRows && toTerm - fromTerm == x.k;
  }

  /** Panels of a block's columns. */
  private static int panels(int columns) {
    return (columns + COLUMNS - 1) / COLUMNS;
  }

  /** Packs the panels of all blocks of columns, and looks whether all their elements are finite. */
  private void packAll() {
    allFinite = true;
    for (int j = firstColumn; j < endColumn; j += blockColumns) {
      int end = Math.min(j + blockColumns, endColumn);
      for (int v = j; v < end; v += COLUMNS) {
        allFinite &= pack(v, Math.min(COLUMNS, end - v), 0, x.k, keptPanel(j, v - j));
      }
    }
  }

  /** Where the panel of a block is kept that begins with the block's column {@code v}. */
  private int keptPanel(int j, int v) {
    int panel = (j - firstColumn) / blockColumns * panels(blockColumns) + v / COLUMNS;
    return VectorWidth.ALIGNED + panel * x.k * COLUMNS;
  }

  /** Packs terms of a panel; returns whether they are all finite. */
  private boolean pack(int j, int columns, int p, int terms, int to) {
    if (x.bColumnStride == 1 && columns == COLUMNS) {
      int from = x.bOffset + p * x.bTermStride + j;
      return SimdSpecials.copyFinite(terms, x.b, from, x.bTermStride, tile.b, to);
    }
    packB.pack(j, columns, p, terms, tile.b, to, COLUMNS);
    return SimdSpecials.finite(terms * COLUMNS, tile.b, to);
  }

  /**
   * A block of C: all its chains, then the consumer; or the terms in hand, with the last of which
   * it is finished. Chains that are handed on are copied, since another core has them in its cache:
   * line by line each would be waited for.
   */
  private void block(Scratch scratch, int j, int columns) {
    int width = panels(columns) * COLUMNS;
    boolean whole = toTerm - fromTerm == x.k;
    int c = indexInC(row, j);
    if (whole && inPlace() && width == columns) {
      aim(x.c, c, x.ldc);
    } else {
      aim(chains(scratch, VectorWidth.ALIGNED + (long) rows * width), VectorWidth.ALIGNED, width);
    }
    if (fromTerm > 0) {
      Rows.copy(rows, columns, x.c, c, x.ldc, tile.c, chainsAt, width);
    }
    for (int p = fromTerm; p < toTerm; p += piece) {
      if (j == firstColumn) { // just before they are used, so that A is read once from afar
        findTerms(p);
      }
      for (int v = 0; v < columns; v += COLUMNS) {
        piece(p, j, v, Math.min(COLUMNS, columns - v));
      }
    }
    if (toTerm < x.k) {
      Rows.copy(rows, columns, tile.c, chainsAt, width, x.c, c, x.ldc);
      return;
    }
    for (int v = 0; v < columns; v += COLUMNS) {
      repeatMinusZeros(j + v, Math.min(COLUMNS, columns - v), chainsAt + v);
    }
    finish(row, rows, j, columns);
  }

  /** Finds the terms of one piece of the block's rows that are not zero. */
  private void findTerms(int p) {
    int terms = Math.min(piece, toTerm - p);
    int from = x.aOffset + row * x.aRowStride + p * x.aTermStride;
    int to = word(p);
    if (x.aTermStride == 1) {
      SimdNonZeroMask.ofRows(rows, terms, x.a, from, x.aRowStride, low, high, to);
    } else {
      SimdNonZeroMask.ofColumns(rows, terms, x.a, from, x.aTermStride, low, high, to);
    }
  }

  /** The first word of a piece, which begins with the term {@code p}. */
  private int word(int p) {
    return (p - fromTerm) / piece * rows;
  }

  /** One piece of the chains of the panel that begins with the block's column {@code v}. */
  private void piece(int p, int j, int v, int columns) {
    int terms = Math.min(piece, toTerm - p);
    int b = kept ? keptPanel(j, v) + p * COLUMNS : VectorWidth.ALIGNED;
    boolean finite = kept ? allFinite : pack(j + v, columns, p, terms, b);
    tile.first = p == 0;
    int from = x.aOffset + row * x.aRowStride + p * x.aTermStride;
    if (finite) {
      multiply(word(p), from, b, chainsAt + v);
    } else {
      multiplyAll(-1L >>> (Long.SIZE - terms), from, b, chainsAt + v);
    }
  }

  /** Adds to each row its terms that are not zero. */
  private void multiply(int word, int a, int b, int c) {
    for (int r = 0; r < rows; r++) {
      long terms = (low[word + r] & 0xFFFFFFFFL) | ((long) high[word + r] << 32);
      if (terms != 0 || tile.first) {
        SimdSparseTiles.run(1, VECTORS, tile, terms, a + r * x.aRowStride, b, c + r * tile.ldc);
      }
    }
  }

  /** Adds all terms, the zeros too. */
  private void multiplyAll(long terms, int a, int b, int c) {
    for (int r = 0; r < rows; r++) {
      SimdSparseTiles.run(1, VECTORS, tile, terms, a + r * x.aRowStride, b, c + r * tile.ldc);
    }
  }

  /** Computes the elements of a panel that are −0 again, term by term. */
  private void repeatMinusZeros(int j, int columns, int at) {
    if (!SimdSpecials.hasMinusZero(rows, tile.c, at, tile.ldc)) {
      return;
    }
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < columns; v++) {
        int c = at + r * tile.ldc + v;
        if (Float.floatToRawIntBits(tile.c[c]) == Integer.MIN_VALUE) {
          tile.c[c] = chain(row + r, j + v);
        }
      }
    }
  }

  /** A whole chain. */
  private float chain(int i, int j) {
    int a = x.aOffset + i * x.aRowStride;
    int b = x.bOffset + j * x.bColumnStride;
    float chain = 0;
    for (int p = 0; p < x.k; p++) {
      chain = Fma.fma(x.a[a + p * x.aTermStride], x.b[b + p * x.bTermStride], chain);
    }
    return chain;
  }
}
