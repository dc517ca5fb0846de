package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.TileCall;

/**
 * Computes rectangles of C on one thread: one subclass an implementation. An instance knows its
 * product and keeps what it has in hand.
 *
 * <p>A rectangle is computed in blocks, which are handed to the consumer. While a block is being
 * computed, its chains wait in C itself or in scratch ({@link #aim}).
 */
abstract class GemmPart {
  final GemmCall x;
  int firstRow;
  int endRow;
  int firstColumn;
  int endColumn;

  /** The terms in hand: some of the chain's if other members add the rest. */
  int fromTerm;

  int toTerm;

  /** Rows of a block, the last one's excepted. */
  int blockRows;

  /** Columns of a block, the last one's excepted. */
  int blockColumns;

  /** Its C is where the chains of the block in hand wait. */
  final TileCall tile = new TileCall();

  /** Where in that array their first one is. */
  int chainsAt;

  GemmPart(GemmCall x) {
    this.x = x;
  }

  /** Whether this implementation can compute the product in hand, and should. */
  abstract boolean fits();

  /** Rows of the register tile. */
  abstract int tileRows();

  /** Columns of the register tile. */
  abstract int tileColumns();

  /**
   * What the columns or rows of the product in hand are dealt out by, in turn, so that the weights
   * of a layer and all that is as long belong to one member in each of its three products; 0 where
   * a member's rectangle is in one piece.
   */
  int chunk() {
    return 0;
  }

  /** Whether the members shall each add some of the terms to all chains ({@link Relay}). */
  boolean relays() {
    return false;
  }

  /**
   * Computes the rectangle in hand; where it {@link #relays}, perhaps only some of its terms: what
   * they are added to lies in C, and the last ones finish it.
   */
  abstract void compute(Scratch scratch);

  /**
   * Computes {@code to = alpha · chain}, or {@code fma(beta, to, alpha · chain)} unless beta is 0,
   * for the first rows and columns of the block in hand. {@code to} may be where the chains are.
   */
  abstract void store(int rows, int columns, float[] to, int at, int ld);

  final void rectangle(int firstRow, int endRow, int firstColumn, int endColumn) {
    this.firstRow = firstRow;
    this.endRow = endRow;
    this.firstColumn = firstColumn;
    this.endColumn = endColumn;
    terms(0, x.k);
  }

  /** Has only some of the terms of the rectangle in hand. */
  final void terms(int fromTerm, int toTerm) {
    this.fromTerm = fromTerm;
    this.toTerm = toTerm;
  }

  /** Forgets all arrays. */
  void clear() {
    tile.clear();
  }

  /** Chooses the size of the blocks: see {@link TileSizes}. */
  final void cut() {
    int most = x.sizes.block();
    int rows = endRow - firstRow;
    int leastRows = TileSizes.leastRows(rows, x.rowGranule, x.columnGranule, most);
    blockColumns = TileSizes.columns(endColumn - firstColumn, leastRows, x.columnGranule, most);
    blockRows = TileSizes.rows(rows, leastRows, x.rowGranule, blockColumns, most);
  }

  /** Whether chains can wait in C: it is there, and what it holds is not needed. */
  final boolean inPlace() {
    return !x.tiles && x.beta == 0;
  }

  /** Index of an element of C. */
  final int indexInC(int i, int j) {
    return x.cOffset + i * x.ldc + j;
  }

  /** Has the chains of a block wait in {@code chains}. */
  final void aim(float[] chains, int at, int ld) {
    tile.c = chains;
    tile.ldc = ld;
    chainsAt = at;
  }

  /** Scales finished chains, adds the old C, and hands the block to the consumer. */
  final void finish(int i, int rows, int j, int columns) {
    float[] to = x.tiles ? tile.c : x.c;
    int at = x.tiles ? chainsAt : indexInC(i, j);
    int ld = x.tiles ? tile.ldc : x.ldc;
    store(rows, columns, to, at, ld);
    int most = x.sizes.block();
    int handed =
        (long) rows * columns <= most
            ? rows
            : TileSizes.evenly(rows, Math.max(1, most / columns), x.rowGranule);
    for (int r = 0; r < rows; r += handed) {
      x.consumer.accept(to, at + r * ld, ld, i + r, Math.min(handed, rows - r), j, columns);
    }
  }
}
