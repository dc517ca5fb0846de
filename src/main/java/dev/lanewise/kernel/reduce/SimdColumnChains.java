package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * A transposed matrix times a vector: one chain a column over the rows ascending. Tiles of columns
 * keep their chains in the first-level cache while eight rows at a time are added to them; columns
 * are divided. Reused call after call.
 */
final class SimdColumnChains extends RangeJob {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final float[] NONE = {};

  /** Columns of a tile: 8 KB of chains. */
  private static final int TILE = 2048;

  /** Rows that are added while a chain is in a register. */
  private static final int ROWS = 8;

  private final Recycler<float[]> tiles = new Recycler<>(() -> new float[TILE]);
  private int m;
  private float alpha;
  private float[] a = NONE;
  private int aOffset;
  private int lda;
  private float[] x = NONE;
  private int xOffset;
  private float beta;
  private float[] y = NONE;
  private int yOffset;

  void multiply(
      @Nullable Team team,
      int m,
      int n,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] x,
      int xOffset,
      float beta,
      float[] y,
      int yOffset) {
    this.m = alpha == 0 ? 0 : m;
    this.alpha = alpha;
    this.a = a;
    this.aOffset = aOffset;
    this.lda = lda;
    this.x = x;
    this.xOffset = xOffset;
    this.beta = beta;
    this.y = y;
    this.yOffset = yOffset;
    if (team == null) {
      range(0, n);
      clear();
    } else {
      run(team, n, ELEMENTS);
    }
  }

  @Override
  protected void range(int from, int to) {
    float[] sums = tiles.take();
    for (int j = from; j < to; j += TILE) {
      int width = Math.min(TILE, to - j);
      Arrays.fill(sums, 0, width, 0f);
      int i = 0;
      for (; i <= m - ROWS; i += ROWS) {
        eightRows(width, a, aOffset + i * lda + j, lda, x, xOffset + i, sums);
      }
      for (; i < m; i++) {
        oneRow(width, a, aOffset + i * lda + j, x[xOffset + i], sums);
      }
      store(width, alpha, sums, beta, y, yOffset + j);
    }
    tiles.give(sums);
  }

  private static void eightRows(
      int n, float[] a, int ao, int lda, float[] x, int xo, float[] sums) {
    FloatVector x0 = FloatVector.broadcast(S, x[xo]);
    FloatVector x1 = FloatVector.broadcast(S, x[xo + 1]);
    FloatVector x2 = FloatVector.broadcast(S, x[xo + 2]);
    FloatVector x3 = FloatVector.broadcast(S, x[xo + 3]);
    FloatVector x4 = FloatVector.broadcast(S, x[xo + 4]);
    FloatVector x5 = FloatVector.broadcast(S, x[xo + 5]);
    FloatVector x6 = FloatVector.broadcast(S, x[xo + 6]);
    FloatVector x7 = FloatVector.broadcast(S, x[xo + 7]);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      int at = ao + j;
      FloatVector sum = FloatVector.fromArray(S, sums, j);
      sum = FloatVector.fromArray(S, a, at).fma(x0, sum);
      sum = FloatVector.fromArray(S, a, at + lda).fma(x1, sum);
      sum = FloatVector.fromArray(S, a, at + 2 * lda).fma(x2, sum);
      sum = FloatVector.fromArray(S, a, at + 3 * lda).fma(x3, sum);
      sum = FloatVector.fromArray(S, a, at + 4 * lda).fma(x4, sum);
      sum = FloatVector.fromArray(S, a, at + 5 * lda).fma(x5, sum);
      sum = FloatVector.fromArray(S, a, at + 6 * lda).fma(x6, sum);
      sum = FloatVector.fromArray(S, a, at + 7 * lda).fma(x7, sum);
      sum.intoArray(sums, j);
    }
    for (; j < n; j++) {
      for (int i = 0; i < ROWS; i++) {
        sums[j] = Fma.fma(a[ao + i * lda + j], x[xo + i], sums[j]);
      }
    }
  }

  private static void oneRow(int n, float[] a, int ao, float x, float[] sums) {
    FloatVector factor = FloatVector.broadcast(S, x);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector.fromArray(S, a, ao + j)
          .fma(factor, FloatVector.fromArray(S, sums, j))
          .intoArray(sums, j);
    }
    for (; j < n; j++) {
      sums[j] = Fma.fma(a[ao + j], x, sums[j]);
    }
  }

  /** Applies alpha and beta; with beta 0 the old y is not read. */
  private static void store(int n, float alpha, float[] sums, float beta, float[] y, int yo) {
    for (int j = 0; j < n; j++) {
      float product = alpha * sums[j];
      y[yo + j] = beta == 0 ? product : Fma.fma(beta, y[yo + j], product);
    }
  }

  @Override
  protected void clear() {
    a = NONE;
    x = NONE;
    y = NONE;
  }
}
