package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * A matrix times a vector: one reduction a row. Rows of at most a block are summed four at a time,
 * so that each load of the vector serves four. Rows are divided. Reused call after call.
 */
final class SimdRowDots extends RangeJob {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final float[] NONE = {};

  /** Rows that are summed together. */
  private static final int ROWS = 4;

  /** The lanes of one member of the team. */
  private static final class Sums {
    final Lanes lanes = new Lanes();
    final float[] rows = new float[ROWS * Lanes.COUNT];
  }

  private final Recycler<Sums> sums = new Recycler<>(Sums::new);
  private int n;
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
    this.n = alpha == 0 ? 0 : n;
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
      range(0, m);
      clear();
    } else {
      run(team, m, ROWS);
    }
  }

  @Override
  protected void range(int from, int to) {
    Sums own = sums.take();
    int i = from;
    if (n <= Lanes.BLOCK) {
      for (; i <= to - ROWS; i += ROWS) {
        fourRows(n, a, aOffset + i * lda, lda, x, xOffset, own.rows);
        for (int r = 0; r < ROWS; r++) {
          store(own.rows[r * Lanes.COUNT], i + r);
        }
      }
    }
    for (; i < to; i++) {
      store(SimdBlocks.dot(n, a, aOffset + i * lda, x, xOffset, own.lanes), i);
    }
    sums.give(own);
  }

  /** With beta 0 the old element is not read. */
  private void store(float sum, int i) {
    float product = alpha * sum;
    y[yOffset + i] = beta == 0 ? product : Fma.fma(beta, y[yOffset + i], product);
  }

  private static void fourRows(
      int n, float[] a, int ao, int lda, float[] x, int xo, float[] lanes) {
    int whole = n & -Lanes.COUNT;
    for (int lane = 0; lane < Lanes.COUNT; lane += 2 * L) {
      wholeLanes(whole, a, ao + lane, lda, x, xo + lane, lanes, lane);
    }
    for (int r = 0; r < ROWS; r++) {
      int at = r * Lanes.COUNT;
      if (whole < n) {
        tail(n - whole, a, ao + r * lda + whole, x, xo + whole, lanes, at);
      }
      fold(lanes, at);
    }
  }

  /** Two vectors of lanes of four rows; narrow vectors walk over the rows several times. */
  private static void wholeLanes(
      int whole, float[] a, int ao, int lda, float[] x, int xo, float[] lanes, int lane) {
    int a1 = ao + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    FloatVector s00 = FloatVector.zero(S);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector x0 = FloatVector.fromArray(S, x, xo + i);
      FloatVector x1 = FloatVector.fromArray(S, x, xo + i + L);
      s00 = FloatVector.fromArray(S, a, ao + i).fma(x0, s00);
      s01 = FloatVector.fromArray(S, a, ao + i + L).fma(x1, s01);
      s10 = FloatVector.fromArray(S, a, a1 + i).fma(x0, s10);
      s11 = FloatVector.fromArray(S, a, a1 + i + L).fma(x1, s11);
      s20 = FloatVector.fromArray(S, a, a2 + i).fma(x0, s20);
      s21 = FloatVector.fromArray(S, a, a2 + i + L).fma(x1, s21);
      s30 = FloatVector.fromArray(S, a, a3 + i).fma(x0, s30);
      s31 = FloatVector.fromArray(S, a, a3 + i + L).fma(x1, s31);
    }
    s00.intoArray(lanes, lane);
    s01.intoArray(lanes, lane + L);
    s10.intoArray(lanes, Lanes.COUNT + lane);
    s11.intoArray(lanes, Lanes.COUNT + lane + L);
    s20.intoArray(lanes, 2 * Lanes.COUNT + lane);
    s21.intoArray(lanes, 2 * Lanes.COUNT + lane + L);
    s30.intoArray(lanes, 3 * Lanes.COUNT + lane);
    s31.intoArray(lanes, 3 * Lanes.COUNT + lane + L);
  }

  /** A lane without an element keeps its bits: it may be −0, which adding +0 would change. */
  private static void tail(
      int n, float[] a, int ao, float[] x, int xo, float[] lanes, int lanesOffset) {
    int l = 0;
    for (; l < VectorWidth.wholeVectors(n); l += L) {
      FloatVector.fromArray(S, a, ao + l)
          .fma(
              FloatVector.fromArray(S, x, xo + l), FloatVector.fromArray(S, lanes, lanesOffset + l))
          .intoArray(lanes, lanesOffset + l);
    }
    for (; l < n; l++) {
      lanes[lanesOffset + l] = Fma.fma(a[ao + l], x[xo + l], lanes[lanesOffset + l]);
    }
  }

  /** Folds 32 lanes, by vectors as long as half of what is left fills them. */
  private static void fold(float[] lanes, int at) {
    int half = Lanes.COUNT / 2;
    for (; half >= L; half /= 2) {
      for (int l = 0; l < half; l += L) {
        FloatVector.fromArray(S, lanes, at + l)
            .add(FloatVector.fromArray(S, lanes, at + half + l))
            .intoArray(lanes, at + l);
      }
    }
    for (; half > 0; half /= 2) {
      for (int l = 0; l < half; l++) {
        lanes[at + l] += lanes[at + half + l];
      }
    }
  }

  @Override
  protected void clear() {
    a = NONE;
    x = NONE;
    y = NONE;
  }
}
