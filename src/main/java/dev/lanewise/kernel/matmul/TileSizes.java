package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.Multiples;

/**
 * The sizes of the blocks that are handed to a tile consumer.
 *
 * <p>A granule is the smallest block that a product is cut into: a multiple of what the consumer
 * asks for, and of the register tile where that costs little. A block is a number of granules: 8 to
 * 32 KB of output (tests ask for less), and whole rows if they fit.
 */
final class TileSizes {
  /** Most elements of a block, 32 KB: it stays in the first-level cache with little else. */
  static final int MOST_ELEMENTS = 8192;

  /** A block has at least a fourth of its most elements: enough to hide a consumer's call. */
  private static final int LEAST_SHARE = 4;

  private static final int FEW_ROWS = 96;

  /** A granule holds at most this many register tiles in a row just to be a multiple of both. */
  private static final int MOST_TILES = 4;

  private TileSizes() {}

  /**
   * Rows or columns of a granule.
   *
   * @param asked the multiple that the consumer asks for; beyond {@code size} it asks for all
   * @param tile rows or columns of the register tile
   * @param size rows or columns of the output, at least 1
   */
  static int granule(int asked, int tile, int size) {
    int multiple = Math.min(asked, size);
    long common = Multiples.leastCommonMultiple(multiple, tile);
    return (int) (common <= (long) MOST_TILES * tile ? common : roundUp(tile, multiple));
  }

  /**
   * Rows that a block has at least: all of them if they are few, so that what is read for a block's
   * columns is read once.
   *
   * @param m rows of the output, at least 1
   */
  static int leastRows(int m, int rowGranule, int columnGranule, int most) {
    int few = Math.min(FEW_ROWS, most / columnGranule);
    return m <= Math.max(rowGranule, few) ? m : rowGranule;
  }

  /** Columns of a block of at least {@code rows} rows, of an output that is {@code n} ≥ 1 wide. */
  static int columns(int n, int rows, int columnGranule, int most) {
    int fitting = Math.max(1, most / rows);
    return n <= fitting ? n : Math.min(n, evenly(n, fitting, columnGranule));
  }

  /** Rows of a block of at least {@code rows} rows and of {@code columns} columns. */
  static int rows(int m, int rows, int rowGranule, int columns, int most) {
    int wanted = Math.max(rows, most / LEAST_SHARE / columns);
    return (int) Math.min(m, roundUp(wanted, rowGranule));
  }

  /**
   * Cuts {@code n} into equal pieces of at most {@code most} and returns their size, a multiple of
   * {@code granule}; at least one granule.
   */
  static int evenly(int n, int most, int granule) {
    int whole = Math.max(granule, most - most % granule);
    long pieces = ((long) n + whole - 1) / whole;
    return (int) Math.min(whole, roundUp((n + pieces - 1) / pieces, granule));
  }

  static long roundUp(long n, long multiple) {
    return (n + multiple - 1) / multiple * multiple;
  }
}
