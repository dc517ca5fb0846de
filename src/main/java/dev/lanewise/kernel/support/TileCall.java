package dev.lanewise.kernel.support;

/**
 * The operands of the register tiles, which src/main/codegen writes: set once for many tiles that
 * differ only in where they begin.
 *
 * <p>A tile of R rows and V vectors computes for row r and column n (0 ≤ n &lt; V · L, L the lanes
 * of a vector)
 *
 * <pre>c[cAt + r * ldc + n] = fma(A(r, p), B(p, n), …)</pre>
 *
 * over all terms p in ascending order, one chain of fused multiply-adds each, which begins with +0
 * ({@link #first}) or with what C holds. There are two ways in which A is addressed.
 *
 * <p><em>Side by side</em> ({@code SimdPanelTiles}, {@code SimdWindowTiles}, {@code
 * SimdSlidingTiles}): the terms come in groups; row r of term p of group g is {@code bits[aAt +
 * offsets[firstGroup + g] + p * step + r]}, the bits of a float; B's terms follow on, group after
 * group. A packed panel is one group whose step is the number of its rows, 1, 2, 4 or 5; for a
 * taller tile, panels of four rows follow one another.
 *
 * <p><em>Strided</em>: row r of term p of group g is {@code bits[aAt + offsets[firstGroup + g] + r
 * * rowStride + p]} ({@code SimdRowTiles}: in a convolution's window the rows are neighbouring
 * pixels, and a group is a tap or a row of taps, whose channels are the terms; {@code
 * SimdChannelTiles}: a term a group, a vector of channels that have chains of their own); or, of
 * one group, {@code a[aAt + r * rowStride + p * step]}, where the caller of a product has it
 * ({@code SimdStridedTiles}, {@code SimdSparseTiles}).
 *
 * <p>Term p of B (of all groups, counted on) begins at {@code b[bAt + p * ldb]}; tiles of which B
 * is packed take V · L for ldb.
 */
public final class TileCall {
  private static final float[] NO_FLOATS = {};
  private static final int[] NO_BITS = {};
  private static final int[] AT_ZERO = {0};

  /** A's elements, where they were copied: {@link Float#floatToRawIntBits} of each. */
  public int[] bits = NO_BITS;

  /** Where each group of terms lies. */
  public int[] offsets = AT_ZERO;

  /** Which of {@link #offsets} is the first group's. */
  public int firstGroup;

  /** Number of groups. */
  public int groups = 1;

  /** A's elements, where the caller has them. */
  public float[] a = NO_FLOATS;

  /** Distance between A's rows, strided. */
  public int rowStride;

  /** Distance between A's terms, of one group; 1 for {@code SimdRowTiles}. */
  public int step;

  /** Number of terms, of one group. */
  public int terms;

  /** B's elements. */
  public float[] b = NO_FLOATS;

  /** Distance between B's terms. */
  public int ldb;

  /** Takes the elements of C. */
  public float[] c = NO_FLOATS;

  /** Distance between C's rows. */
  public int ldc;

  /**
   * Whether the chains begin here, with +0; otherwise they begin with what C holds, which {@code
   * SimdSlidingTiles} refuses where two vectors wide.
   */
  public boolean first = true;

  /** Makes a call without operands. */
  public TileCall() {}

  /**
   * Sets A's elements side by side to one group: pixels of a row, or of packed rows.
   *
   * @param bits holds the elements
   * @param step distance between terms; the rows of the tile if they were packed
   * @param terms number of terms
   */
  public void oneGroup(int[] bits, int step, int terms) {
    this.bits = bits;
    this.step = step;
    this.terms = terms;
    offsets = AT_ZERO;
    firstGroup = 0;
    groups = 1;
  }

  /** Forgets the caller's arrays, and those of A and B. */
  public void clear() {
    bits = NO_BITS;
    a = NO_FLOATS;
    b = NO_FLOATS;
    c = NO_FLOATS;
  }
}
