package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.Lanes;
import java.util.Arrays;

/**
 * The arguments of a reduction or of a matrix-vector operation: two vectors x and y, a row-major
 * matrix a of m rows and n columns, and two factors. A vector's reduction has blocks of 4096
 * elements as its items, and their results in this object.
 */
final class ReduceCall extends Call {
  /** What a call does with its items. */
  interface Loop {
    /** Does the items {@code from} to {@code to} − 1. */
    void run(ReduceCall call, int from, int to, Scratch scratch);
  }

  /** The reduction of one block, at most 4096 elements. */
  interface Block {
    /** Returns the result; a reduction of one vector ignores y. */
    double of(int n, float[] x, int xo, float[] y, int yo, Lanes lanes);
  }

  /** Adds rows of floats to others, which lie without gaps. */
  interface Adder {
    /** sums[so + r · n + j] += x[xo + r · ld + j], for n that is a multiple of 16. */
    void add(int rows, int n, float[] x, int xo, int ld, float[] sums, int so);
  }

  /** Columns that are summed together: 32 lanes of them take 16 KB, half of a small L1 cache. */
  private static final int TILE = 128;

  /** The lanes of the widest vector. */
  private static final int WIDEST = 16;

  private static final float[] NONE = {};
  private static final Loop NO_LOOP = (call, from, to, scratch) -> {};
  private static final Block NO_BLOCK = (n, x, xo, y, yo, lanes) -> 0;
  private static final Adder NO_ADDER = (rows, n, x, xo, ld, sums, so) -> {};

  final Lanes lanes = new Lanes();
  private Loop loop = NO_LOOP;
  private Block block = NO_BLOCK;
  private Adder adder = NO_ADDER;
  double[] results = {};
  private float[] rowResults = NONE;
  private boolean filled;
  float[] x = NONE;
  int xo;
  float[] y = NONE;
  int yo;
  int m;
  int n;
  float[] a = NONE;
  int ao;
  int lda;
  float alpha;
  float beta;

  ReduceCall on(Loop loop) {
    this.loop = loop;
    return this;
  }

  /** A reduction of vectors. */
  ReduceCall onBlocks(Block block) {
    this.block = block;
    return on(ReduceCall::reduceBlocks);
  }

  /** A sum of the matrix's rows, to y. */
  ReduceCall onRows(Adder adder) {
    this.adder = adder;
    return on(ReduceCall::sumRows);
  }

  ReduceCall vectors(float[] x, int xo, float[] y, int yo) {
    this.x = x;
    this.xo = xo;
    this.y = y;
    this.yo = yo;
    filled = true;
    return this;
  }

  ReduceCall matrix(int m, int n, float[] a, int ao, int lda) {
    this.m = m;
    this.n = n;
    this.a = a;
    this.ao = ao;
    this.lda = lda;
    return this;
  }

  ReduceCall factors(float alpha, float beta) {
    this.alpha = alpha;
    this.beta = beta;
    return this;
  }

  @Override
  protected void range(int from, int to, Scratch scratch) {
    loop.run(this, from, to, scratch);
  }

  /** Sets how many elements the vectors have; returns how many blocks that makes, at least 1. */
  int elements(int n) {
    this.n = n;
    int blocks = Math.max(1, Lanes.blocks(n));
    if (results.length < blocks) {
      results = new double[blocks];
    }
    return blocks;
  }

  /** Reduces blocks of the vectors. */
  private void reduceBlocks(int from, int to, Scratch scratch) {
    Lanes own = scratch.object(Lanes.class, Lanes::new);
    for (int b = from; b < to; b++) {
      int at = b * Lanes.BLOCK;
      results[b] = block.of(Lanes.size(n, b), x, xo + at, y, yo + at, own);
    }
  }

  /** The sum of the blocks' results. */
  float sum() {
    int blocks = Lanes.blocks(n);
    if (blocks <= 1) {
      return (float) results[0];
    }
    lanes.begin();
    for (int b = 0; b < blocks; b++) {
      lanes.add((float) results[b]);
    }
    return lanes.total();
  }

  /** The sum of the blocks' results in double. */
  double sumInDouble() {
    return lanes.total(results, Lanes.blocks(n));
  }

  /** The largest of the blocks' results. */
  float max() {
    double max = results[0];
    for (int b = 1; b < Lanes.blocks(n); b++) {
      max = Math.max(max, results[b]);
    }
    return (float) max;
  }

  /** How many parts {@link #sumRows} has; a part is a block of 4096 rows of a tile of columns. */
  int rowParts() {
    int blocks = Lanes.blocks(m);
    if (blocks > 1 && rowResults.length < blocks * n) {
      rowResults = new float[blocks * n];
    }
    return Math.max(1, blocks) * tiles();
  }

  private int tiles() {
    return (n - 1) / TILE + 1;
  }

  /**
   * Sums the rows of some parts.
   *
   * <p>The 32 lanes of every column are 32 rows of scratch memory, or fewer where the block has
   * fewer rows: the lanes left out are +0 and would add nothing in the fold, since a lane of a sum
   * is never −0 (it starts at +0, and x + y is −0 only if both are).
   */
  private void sumRows(int from, int to, Scratch scratch) {
    float[] sums = scratch.floats(0, TILE * Lanes.COUNT + WIDEST);
    float[] copy = scratch.floats(1, TILE);
    for (int part = from; part < to; part++) {
      int block = part / tiles();
      int column = part % tiles() * TILE;
      int width = Math.min(TILE, n - column);
      int rows = Lanes.size(m, block);
      int at = ao + block * Lanes.BLOCK * lda + column;
      int lanesUsed = rows >= Lanes.COUNT ? Lanes.COUNT : Integer.highestOneBit(2 * rows | 1);
      int stride = lda == width ? width : roundedUp(width);
      Arrays.fill(sums, 0, lanesUsed * stride, 0f);
      for (int i = 0; i < rows; i += Lanes.COUNT) {
        int some = Math.min(Lanes.COUNT, rows - i);
        if (lda == width) {
          addStretch(some * width, at + i * width, sums, copy);
        } else {
          addRows(some, width, at + i * lda, sums, copy);
        }
      }
      // What whole vectors add behind a half has been added before.
      for (int half = lanesUsed / 2; half > 0; half /= 2) {
        adder.add(1, roundedUp(half * stride), sums, half * stride, 0, sums, 0);
      }
      float[] out = m <= Lanes.BLOCK ? y : rowResults;
      int outAt = m <= Lanes.BLOCK ? yo : block * n;
      System.arraycopy(sums, 0, out, outAt + column, width);
    }
  }

  /** Adds up to 32 rows without gaps: they lie as their lanes do, one stretch, however narrow. */
  private void addStretch(int n, int at, float[] sums, float[] copy) {
    int whole = n & -WIDEST;
    adder.add(1, whole, a, at, 0, sums, 0);
    if (whole < n) {
      Arrays.fill(copy, 0, WIDEST, -0f); // which changes no lane
      System.arraycopy(a, at + whole, copy, 0, n - whole);
      adder.add(1, WIDEST, copy, 0, 0, sums, whole);
    }
  }

  /** Adds up to 32 rows, each to its lane; what a row takes in behind its end is ignored. */
  private void addRows(int rows, int width, int at, float[] sums, float[] copy) {
    int stride = roundedUp(width);
    if (at + (rows - 1) * lda + stride <= a.length) {
      adder.add(rows, stride, a, at, lda, sums, 0);
      return;
    }
    for (int r = 0; r < rows; r++) {
      System.arraycopy(a, at + r * lda, copy, 0, width);
      adder.add(1, stride, copy, 0, 0, sums, r * stride);
    }
  }

  /** Rounds up to whole vectors of every width. */
  private static int roundedUp(int n) {
    return (n + WIDEST - 1) & -WIDEST;
  }

  /** Sums what the blocks of rows came to, if there are several. */
  void sumRowResults() {
    int blocks = Lanes.blocks(m);
    if (blocks > 1) {
      lanes.begin(n);
      for (int b = 0; b < blocks; b++) {
        lanes.add(rowResults, b * n);
      }
      lanes.total(y, yo);
    }
  }

  /** Writes an element of y: alpha · sum + beta · y; with beta 0 the old element is not read. */
  void store(float sum, int i) {
    store(alpha * sum, beta, y, yo + i);
  }

  /** Writes n elements of y. */
  void store(int n, float[] sums, int i) {
    float alpha = this.alpha;
    float beta = this.beta;
    float[] y = this.y;
    int at = yo + i;
    for (int k = 0; k < n; k++) {
      store(alpha * sums[k], beta, y, at + k);
    }
  }

  private static void store(float product, float beta, float[] y, int at) {
    y[at] = beta == 0 ? product : Fma.fma(beta, y[at], product);
  }

  @Override
  protected void clear() {
    if (filled) { // a single block has set nothing
      on(NO_LOOP).vectors(NONE, 0, NONE, 0).matrix(0, 0, NONE, 0, 0);
      filled = false;
    }
  }
}
