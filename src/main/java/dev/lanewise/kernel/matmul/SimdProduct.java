package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;

/**
 * One product in hand: its operands, and how it is divided among the members of a team.
 *
 * <p>C is cut into a grid of rectangles, one a member. A member packs what it needs for itself and
 * waits for nobody; the grid is chosen so that little is packed twice.
 */
final class SimdProduct implements Task {
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

  @Override
  public void run(int part, Scratch scratch) {
    run(part);
  }

  /** Computes one rectangle of the grid. */
  void run(int part) {
    int down = part / partsAcross;
    int across = part % partsAcross;
    int firstRow = first(down, partsDown, m, rowGranule);
    int endRow = first(down + 1, partsDown, m, rowGranule);
    int firstColumn = first(across, partsAcross, n, columnGranule);
    int endColumn = first(across + 1, partsAcross, n, columnGranule);
    if (skip) {
      skippings[part].compute(this, firstRow, endRow, firstColumn, endColumn);
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
