package dev.lanewise.kernel.reduce;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.Rows;
import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A matrix times a vector. Plain, it is one reduction a row: rows of at most a block are summed
 * four at a time, so that each load of the vector serves four. Transposed, it is one chain a column
 * over the rows ascending: tiles of columns keep their chains in the first-level cache while eight
 * rows at a time are added to them.
 */
final class SimdGemv {
  /** Rows that are summed together. */
  static final int ROWS = 4;

  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  /** Where the rests of four rows and of the vector lie behind the rows' lanes. */
  private static final int RESTS = ROWS * Lanes.COUNT;

  private static final int X_REST = 2 * RESTS;

  /** Columns of a tile: 8 KB of chains. */
  private static final int TILE = 2048;

  /** Rows that are added while a chain is in a register. */
  private static final int CHAIN_ROWS = 8;

  private SimdGemv() {}

  /** Computes the elements {@code from} to {@code to} − 1 of A · x. */
  static void rowDots(ReduceCall c, int from, int to, Scratch scratch) {
    Lanes lanes = scratch.object(Lanes.class, Lanes::new);
    float[] sums = scratch.floats(0, X_REST + Lanes.COUNT);
    int n = c.alpha == 0 ? 0 : c.n;
    int i = from;
    if (n <= Lanes.BLOCK) {
      int whole = n & -Lanes.COUNT;
      if (whole < n) {
        SimdBlocks.copyRest(n - whole, 0f, c.x, c.xo + whole, sums, X_REST);
      }
      for (; i <= to - ROWS; i += ROWS) {
        fourRows(n, c.a, c.ao + i * c.lda, c.lda, c.x, c.xo, sums);
        for (int r = 0; r < ROWS; r++) {
          c.store(SimdBlocks.fold(sums, r * Lanes.COUNT, Lanes.COUNT), i + r);
        }
      }
    }
    for (; i < to; i++) {
      c.store(SimdBlocks.dot(n, c.a, c.ao + i * c.lda, c.x, c.xo, lanes), i);
    }
  }

  private static void fourRows(int n, float[] a, int ao, int lda, float[] x, int xo, float[] sums) {
    int whole = n & -Lanes.COUNT;
    SimdBlocks.fill(0f, sums, 0, ROWS * Lanes.COUNT);
    for (int r = 0; r < ROWS && whole < n; r++) {
      SimdBlocks.copyRest(n - whole, -0f, a, ao + r * lda + whole, sums, RESTS + r * Lanes.COUNT);
    }
    // One call in the text: vectors stay objects to C2 at a place that is seldom reached.
    for (int part = SimdBlocks.firstPart(n); part < SimdBlocks.parts(n); part++) {
      boolean rest = part == 1;
      addRows(
          rest ? Lanes.COUNT : whole,
          rest ? sums : a,
          rest ? RESTS : ao,
          rest ? Lanes.COUNT : lda,
          rest ? sums : x,
          rest ? X_REST : xo,
          sums);
    }
  }

  /** Adds the products of whole 32 elements to the lanes of four rows. */
  private static void addRows(int n, float[] a, int ao, int lda, float[] x, int xo, float[] sums) {
    for (int lane = 0; lane < Lanes.COUNT; lane += 2 * LANES) {
      addLanes(n, a, ao + lane, lda, x, xo + lane, sums, lane);
    }
  }

  /** Two vectors of lanes of four rows; narrow vectors walk over the rows several times. */
  private static void addLanes(
      int n, float[] a, int ao, int lda, float[] x, int xo, float[] sums, int lane) {
    int a1 = ao + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    FloatVector s00 = load(sums, lane);
    FloatVector s01 = load(sums, lane + LANES);
    FloatVector s10 = load(sums, lane + Lanes.COUNT);
    FloatVector s11 = load(sums, lane + Lanes.COUNT + LANES);
    FloatVector s20 = load(sums, lane + 2 * Lanes.COUNT);
    FloatVector s21 = load(sums, lane + 2 * Lanes.COUNT + LANES);
    FloatVector s30 = load(sums, lane + 3 * Lanes.COUNT);
    FloatVector s31 = load(sums, lane + 3 * Lanes.COUNT + LANES);
    for (int i = 0; i < n; i += Lanes.COUNT) {
      FloatVector x0 = load(x, xo + i);
      FloatVector x1 = load(x, xo + i + LANES);
      s00 = load(a, ao + i).fma(x0, s00);
      s01 = load(a, ao + i + LANES).fma(x1, s01);
      s10 = load(a, a1 + i).fma(x0, s10);
      s11 = load(a, a1 + i + LANES).fma(x1, s11);
      s20 = load(a, a2 + i).fma(x0, s20);
      s21 = load(a, a2 + i + LANES).fma(x1, s21);
      s30 = load(a, a3 + i).fma(x0, s30);
      s31 = load(a, a3 + i + LANES).fma(x1, s31);
    }
    s00.intoArray(sums, lane);
    s01.intoArray(sums, lane + LANES);
    s10.intoArray(sums, lane + Lanes.COUNT);
    s11.intoArray(sums, lane + Lanes.COUNT + LANES);
    s20.intoArray(sums, lane + 2 * Lanes.COUNT);
    s21.intoArray(sums, lane + 2 * Lanes.COUNT + LANES);
    s30.intoArray(sums, lane + 3 * Lanes.COUNT);
    s31.intoArray(sums, lane + 3 * Lanes.COUNT + LANES);
  }

  /**
   * Computes the elements {@code from} to {@code to} − 1 of Aᵀ · x.
   *
   * <p>A tile of columns ends with a whole vector: what it takes in behind a row's end is computed
   * and ignored. Only rows that end where the array does are copied, if it is too short for that.
   */
  static void columnChains(ReduceCall c, int from, int to, Scratch scratch) {
    float[] sums = scratch.floats(0, TILE);
    int m = c.alpha == 0 ? 0 : c.m;
    for (int j = from; j < to; j += TILE) {
      int width = Math.min(TILE, to - j);
      int roundedUp = VectorWidth.roundedUp(width);
      Arrays.fill(sums, 0, roundedUp, 0f);
      int i = 0;
      for (; i <= m - CHAIN_ROWS; i += CHAIN_ROWS) {
        int at = c.ao + i * c.lda + j;
        if (at + (CHAIN_ROWS - 1) * c.lda + roundedUp <= c.a.length) {
          addEight(roundedUp, c.a, at, c.lda, c.x, c.xo + i, sums);
        } else {
          float[] rows = copyRows(CHAIN_ROWS, width, c.a, at, c.lda, scratch);
          addEight(roundedUp, rows, 0, TILE, c.x, c.xo + i, sums);
        }
      }
      for (; i < m; i++) {
        int at = c.ao + i * c.lda + j;
        if (at + roundedUp <= c.a.length) {
          SimdBlas.addMultiple(roundedUp, c.x[c.xo + i], c.a, at, sums, 0);
        } else {
          float[] row = copyRows(1, width, c.a, at, c.lda, scratch);
          SimdBlas.addMultiple(roundedUp, c.x[c.xo + i], row, 0, sums, 0);
        }
      }
      c.store(width, sums, j);
    }
  }

  private static float[] copyRows(
      int rows, int width, float[] a, int ao, int lda, Scratch scratch) {
    float[] copies = scratch.floats(1, rows * TILE);
    Rows.copy(rows, width, a, ao, lda, copies, 0, TILE);
    return copies;
  }

  private static void addEight(int n, float[] a, int ao, int lda, float[] x, int xo, float[] sums) {
    FloatVector x0 = FloatVector.broadcast(S, x[xo]);
    FloatVector x1 = FloatVector.broadcast(S, x[xo + 1]);
    FloatVector x2 = FloatVector.broadcast(S, x[xo + 2]);
    FloatVector x3 = FloatVector.broadcast(S, x[xo + 3]);
    FloatVector x4 = FloatVector.broadcast(S, x[xo + 4]);
    FloatVector x5 = FloatVector.broadcast(S, x[xo + 5]);
    FloatVector x6 = FloatVector.broadcast(S, x[xo + 6]);
    FloatVector x7 = FloatVector.broadcast(S, x[xo + 7]);
    for (int j = 0; j < n; j += LANES) {
      int at = ao + j;
      FloatVector sum = load(sums, j);
      sum = load(a, at).fma(x0, sum);
      sum = load(a, at + lda).fma(x1, sum);
      sum = load(a, at + 2 * lda).fma(x2, sum);
      sum = load(a, at + 3 * lda).fma(x3, sum);
      sum = load(a, at + 4 * lda).fma(x4, sum);
      sum = load(a, at + 5 * lda).fma(x5, sum);
      sum = load(a, at + 6 * lda).fma(x6, sum);
      sum = load(a, at + 7 * lda).fma(x7, sum);
      sum.intoArray(sums, j);
    }
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(S, array, at);
  }
}
