package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;

/**
 * One product in hand: its operands, and how it is divided among the members of a team.
 *
 * <p>C is cut into a grid of rectangles, one a member. A member packs what it needs for itself and
 * waits for nobody; the grid is chosen so that little is packed twice.
 *
 * <p>Where zeros are skipped, the members are dealt out chunks of the columns or rows in turn, and
 * if B is large and used for few rows, chunks of its terms ({@link SimdRelay}), cut alike: the
 * weights of a layer and all that is as long belong to one member in each of its three products.
 */
final class SimdProduct implements Task, SimdRelay.Runner {
  /** Chunks for each member: with more, chains wait less and change hands more often. */
  private static final int CHUNKS = 4;

  private static final float[] NONE = {};

  float[] a = NONE;
  int aOffset;
  int aRowStride;
  int aTermStride;
  float[] b = NONE;
  int bOffset;
  int bColumnStride;
  int bTermStride;
  float[] c = NONE;
  int cOffset;
  int ldc;
  int m;
  int n;
  int k;
  float alpha;
  float beta;
  TileConsumer consumer = Matmul.NOTHING;

  /** Whether the product is handed to the consumer only, and C is nowhere. */
  boolean tiles;

  /** Whether the operands are used so little that they are not packed (but for a transposed B). */
  boolean direct;

  /** Whether terms whose element of A is zero are skipped. */
  boolean skip;

  int rowGranule;
  int columnGranule;
  private int partsDown;
  private int partsAcross;
  private final SimdRectangle[] rectangles;
  private final SimdSkipping[] skippings;
  private final SimdRelay relay = new SimdRelay();
  private boolean relayed;
  private int chunks;

  /** The columns and rows of the groups of chains that are handed on in a relay. */
  private int groupsAcross;

  private int groupsDown;

  SimdProduct(SimdRectangle[] rectangles, SimdSkipping[] skippings) {
    this.rectangles = rectangles;
    this.skippings = skippings;
  }

  /** Chooses the grid for at most {@code threads} parts; returns the number of parts. */
  int divide(int threads) {
    long granulesDown = ((long) m + rowGranule - 1) / rowGranule;
    long granulesAcross = ((long) n + columnGranule - 1) / columnGranule;
    double best = Double.POSITIVE_INFINITY;
    for (int down = 1; down <= Math.min(threads, granulesDown); down++) {
      int across = (int) Math.min(threads / down, granulesAcross);
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

  /**
   * Decides whether the members of {@link #divide}'s grid are given chunks instead.
   *
   * @param crowded whether the team has more members than there are processors
   */
  void deal(SimdBlocking blocking, boolean crowded) {
    int parts = partsDown * partsAcross;
    relayed = skip && parts > 1 && SimdSkipping.relays(this, blocking);
    chunks = 0;
    if (!skip || parts == 1) {
      return;
    }
    if (relayed) {
      groupsAcross = n / columnGranule;
      groupsDown = Math.min((m + rowGranule - 1) / rowGranule, (parts - 1) / groupsAcross + 1);
      chunks = chunksOf(k, parts);
      relay.start(chunks, groupsAcross * groupsDown, parts, crowded);
    } else if (partsDown == 1 && columnGranule == SimdSkipping.COLUMNS) {
      chunks = chunksOf(n, parts);
    } else if (partsAcross == 1 && SimdSkipping.COLUMNS % rowGranule == 0) {
      chunks = chunksOf(m, parts);
    }
  }

  private static int chunksOf(int size, int parts) {
    int granules = (size + SimdSkipping.COLUMNS - 1) / SimdSkipping.COLUMNS;
    return Math.min(granules, CHUNKS * parts);
  }

  @Override
  public void run(int part, Scratch scratch) {
    run(part);
  }

  /** Computes one member's part. */
  void run(int part) {
    if (relayed) {
      relay.run(part, this);
    } else if (chunks > 0) {
      runChunks(part);
    } else {
      runRectangle(part);
    }
  }

  /** Adds the terms of one chunk to one group of chains. */
  @Override
  public void run(int member, int chunk, int group) {
    int down = group / groupsAcross;
    int column = group % groupsAcross * columnGranule;
    skippings[member].add(
        this,
        first(chunk, chunks, k, SimdSkipping.COLUMNS),
        first(chunk + 1, chunks, k, SimdSkipping.COLUMNS),
        first(down, groupsDown, m, rowGranule),
        first(down + 1, groupsDown, m, rowGranule),
        column,
        column + columnGranule);
  }

  private void runChunks(int part) {
    int parts = partsDown * partsAcross;
    int size = partsDown == 1 ? n : m;
    for (int chunk = part; chunk < chunks; chunk += parts) {
      int from = first(chunk, chunks, size, SimdSkipping.COLUMNS);
      int to = first(chunk + 1, chunks, size, SimdSkipping.COLUMNS);
      if (partsDown == 1) {
        skippings[part].compute(this, 0, m, from, to, false);
      } else {
        skippings[part].compute(this, from, to, 0, n, chunk > part);
      }
    }
  }

  /** Computes one rectangle of the grid. */
  private void runRectangle(int part) {
    int down = part / partsAcross;
    int across = part % partsAcross;
    int firstRow = first(down, partsDown, m, rowGranule);
    int endRow = first(down + 1, partsDown, m, rowGranule);
    int firstColumn = first(across, partsAcross, n, columnGranule);
    int endColumn = first(across + 1, partsAcross, n, columnGranule);
    if (skip) {
      skippings[part].compute(this, firstRow, endRow, firstColumn, endColumn, false);
    } else {
      rectangles[part].compute(this, firstRow, endRow, firstColumn, endColumn);
    }
  }

  private static int first(int part, int parts, int size, int granule) {
    long granules = ((long) size + granule - 1) / granule;
    return (int) Math.min(size, granules * part / parts * granule);
  }

  /** Forgets the caller's arrays. */
  void clear() {
    a = NONE;
    b = NONE;
    c = NONE;
    consumer = Matmul.NOTHING;
    for (SimdRectangle rectangle : rectangles) {
      rectangle.clear();
    }
  }
}
