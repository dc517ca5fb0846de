package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.Check;
import java.util.List;
import java.util.function.Function;

/**
 * One product in hand: its arguments, which implementation computes it, and how it is divided among
 * the members of a team.
 *
 * <p>C is cut into a grid of rectangles, one a member. A member packs what it needs for itself and
 * waits for nobody; the grid is chosen so that little is packed twice.
 */
final class GemmCall extends Call {
  /**
   * How many times the multiply-adds of a small product make a member of the team worth its start:
   * 64×10×256 (160 K) runs at 38 GFLOP/s on one thread and at 15 on two, 64×64×64 (256 K) gains.
   */
  private static final int MEMBER_SHARE = 8;

  /** Chunks for each member: with more, chains wait less and change hands more often. */
  private static final int CHUNKS = 4;

  private static final float[] NONE = {};

  final BlockSizes sizes;
  private final GemmPart[][] implementations;
  private GemmPart[] chosen = {};

  int m;
  int n;
  int k;
  Transpose transA = Transpose.NO;
  float[] a = NONE;
  int aOffset;
  int lda;
  int aRowStride;
  int aTermStride;
  Transpose transB = Transpose.NO;
  float[] b = NONE;
  int bOffset;
  int ldb;
  int bColumnStride;
  int bTermStride;
  float[] c = NONE;
  int cOffset;
  int ldc;
  float alpha;
  float beta;
  TileConsumer consumer = Matmul.NOTHING;

  /** Whether the product is handed to the consumer only, and C is nowhere. */
  boolean tiles;

  /** What the rectangles and the consumer's blocks are multiples of. */
  int rowGranule;

  int columnGranule;
  private int partsDown;
  private int partsAcross;

  /** How many pieces of rows, columns or terms are dealt out in turn; 0 if each part is in one. */
  private int chunks;

  /** What a chunk's size is a multiple of. */
  private int chunkGranule;

  private final Relay relay;
  private final Relay.Runner leg = this::leg;
  private boolean relayed;

  /**
   * Makes a call without arguments.
   *
   * @param members how many parts a product is cut into at most
   * @param implementations make what computes a part, in the order in which they are tried
   */
  GemmCall(BlockSizes sizes, int members, List<Function<GemmCall, GemmPart>> implementations) {
    this.sizes = sizes;
    relay = new Relay(members);
    this.implementations = new GemmPart[implementations.size()][members];
    for (int i = 0; i < implementations.size(); i++) {
      for (int member = 0; member < members; member++) {
        this.implementations[i][member] = implementations.get(i).apply(this);
      }
    }
  }

  GemmCall size(int m, int n, int k) {
    this.m = m;
    this.n = n;
    this.k = k;
    return this;
  }

  GemmCall a(Transpose transA, float[] a, int aOffset, int lda) {
    this.transA = transA;
    this.a = a;
    this.aOffset = aOffset;
    this.lda = lda;
    aRowStride = transA == Transpose.NO ? lda : 1;
    aTermStride = transA == Transpose.NO ? 1 : lda;
    return this;
  }

  GemmCall b(Transpose transB, float[] b, int bOffset, int ldb) {
    this.transB = transB;
    this.b = b;
    this.bOffset = bOffset;
    this.ldb = ldb;
    bColumnStride = transB == Transpose.NO ? 1 : ldb;
    bTermStride = transB == Transpose.NO ? ldb : 1;
    return this;
  }

  GemmCall into(float[] c, int cOffset, int ldc) {
    this.c = c;
    this.cOffset = cOffset;
    this.ldc = ldc;
    tiles = false;
    return this;
  }

  GemmCall intoNothing() {
    tiles = true;
    return this;
  }

  GemmCall scaled(float alpha, float beta) {
    this.alpha = alpha;
    this.beta = beta;
    return this;
  }

  GemmCall to(TileConsumer consumer) {
    this.consumer = consumer;
    return this;
  }

  /** Rows of A as it is stored. */
  int aRows() {
    return transA == Transpose.NO ? m : k;
  }

  /** Columns of A as it is stored. */
  int aColumns() {
    return transA == Transpose.NO ? k : m;
  }

  /** Rows of B as it is stored. */
  int bRows() {
    return transB == Transpose.NO ? k : n;
  }

  /** Columns of B as it is stored. */
  int bColumns() {
    return transB == Transpose.NO ? n : k;
  }

  /** Number of elements from C's first to its last. */
  long cSpan() {
    return Check.span(m, n, ldc);
  }

  /** Number of multiply-adds. */
  double work() {
    return (double) m * n * k;
  }

  /**
   * Decides how the product is computed: its first implementation that fits, and the grid.
   *
   * @param members how many parts there may be
   * @return how many parts there are
   */
  int plan(int members) {
    if (m == 0 || n == 0) {
      return 0;
    }
    if (alpha == 0) {
      k = 0;
    }
    GemmPart part = choose();
    rowGranule = TileSizes.granule(consumer.rowMultiple(), part.tileRows(), m);
    columnGranule = TileSizes.granule(consumer.columnMultiple(), part.tileColumns(), n);
    double worth = work() / Math.max(1, MEMBER_SHARE * (double) sizes.small());
    int parts = divide((int) Math.max(1, Math.min(members, worth)));
    deal(part, parts);
    return parts;
  }

  /** Decides whether the parts of {@link #divide}'s grid are dealt out in chunks instead. */
  private void deal(GemmPart part, int parts) {
    chunks = 0;
    chunkGranule = part.chunk();
    relayed = parts > 1 && part.relays();
    if (parts == 1 || chunkGranule == 0) {
      return;
    }
    if (relayed) {
      chunks = chunksOf(k, parts);
      relay.start(chunks, n / columnGranule, parts);
    } else if (partsDown == 1 && columnGranule == chunkGranule) {
      chunks = chunksOf(n, parts);
    } else if (partsAcross == 1 && chunkGranule % rowGranule == 0) {
      chunks = chunksOf(m, parts);
    }
  }

  private int chunksOf(int size, int parts) {
    return Math.min((size + chunkGranule - 1) / chunkGranule, CHUNKS * parts);
  }

  private GemmPart choose() {
    int i = 0;
    while (!implementations[i][0].fits()) {
      i++;
    }
    chosen = implementations[i];
    return chosen[0];
  }

  /** Chooses the grid for at most {@code members} parts; returns the number of parts. */
  private int divide(int members) {
    partsDown = 1;
    partsAcross = 1;
    if (members == 1) { // soon said, for small products
      return 1;
    }
    long granulesDown = ((long) m + rowGranule - 1) / rowGranule;
    long granulesAcross = ((long) n + columnGranule - 1) / columnGranule;
    double best = Double.POSITIVE_INFINITY;
    for (int down = 1; down <= Math.min(members, granulesDown); down++) {
      int across = (int) Math.min(members / down, granulesAcross);
      long rows = (granulesDown + down - 1) / down * rowGranule;
      long columns = (granulesAcross + across - 1) / across * columnGranule;
      // The largest part's time: packing an element takes about as long as eight multiply-adds.
      double cost = (double) rows * columns + 8 * (rows + columns);
      if (cost < best) {
        best = cost;
        partsDown = down;
        partsAcross = across;
      }
    }
    return partsDown * partsAcross;
  }

  /** Computes some parts. */
  @Override
  protected void range(int from, int to, Scratch scratch) {
    for (int part = from; part < to; part++) {
      if (relayed) {
        relay.run(part, leg, scratch);
      } else if (chunks > 0) {
        chunks(part, scratch);
      } else {
        int down = part / partsAcross;
        int across = part % partsAcross;
        int firstRow = first(down, partsDown, m, rowGranule);
        int firstColumn = first(across, partsAcross, n, columnGranule);
        int endRow = first(down + 1, partsDown, m, rowGranule);
        int endColumn = first(across + 1, partsAcross, n, columnGranule);
        compute(part, firstRow, endRow, firstColumn, endColumn, scratch);
      }
    }
  }

  /** Computes every so many-th chunk of the columns or rows. */
  private void chunks(int part, Scratch scratch) {
    boolean across = partsDown == 1;
    int size = across ? n : m;
    for (int chunk = part; chunk < chunks; chunk += partsDown * partsAcross) {
      int from = first(chunk, chunks, size, chunkGranule);
      int to = first(chunk + 1, chunks, size, chunkGranule);
      compute(
          part, across ? 0 : from, across ? m : to, across ? from : 0, across ? to : n, scratch);
    }
  }

  private void compute(
      int part, int firstRow, int endRow, int firstColumn, int endColumn, Scratch scratch) {
    chosen[part].rectangle(firstRow, endRow, firstColumn, endColumn);
    chosen[part].compute(scratch);
    chosen[part].clear();
  }

  /** Adds the terms of one chunk to the chains of some columns. */
  private void leg(int part, int chunk, int group, Scratch scratch) {
    int column = group * columnGranule;
    int from = first(chunk, chunks, k, chunkGranule);
    int to = first(chunk + 1, chunks, k, chunkGranule);
    chosen[part].rectangle(0, m, column, column + columnGranule);
    chosen[part].terms(from, to);
    chosen[part].compute(scratch);
    chosen[part].clear();
  }

  private static int first(int part, int parts, int size, int granule) {
    if (part == 0 || part == parts) {
      return part == 0 ? 0 : size;
    }
    long granules = ((long) size + granule - 1) / granule;
    return (int) (granules * part / parts * granule);
  }

  @Override
  protected void clear() {
    a = NONE;
    b = NONE;
    c = NONE;
    consumer = Matmul.NOTHING;
  }
}
