package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** An outer product that is added to a matrix: its rows are divided. Reused call after call. */
final class SimdOuter extends RangeJob {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final float[] NONE = {};

  private int n;
  private float alpha;
  private float[] x = NONE;
  private int xOffset;
  private float[] y = NONE;
  private int yOffset;
  private float[] a = NONE;
  private int aOffset;
  private int lda;

  void add(
      @Nullable Team team,
      int m,
      int n,
      float alpha,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float[] a,
      int aOffset,
      int lda) {
    this.n = n;
    this.alpha = alpha;
    this.x = x;
    this.xOffset = xOffset;
    this.y = y;
    this.yOffset = yOffset;
    this.a = a;
    this.aOffset = aOffset;
    this.lda = lda;
    if (team == null) {
      range(0, m);
      clear();
    } else {
      run(team, m, 1);
    }
  }

  @Override
  protected void range(int from, int to) {
    for (int i = from; i < to; i++) {
      addRow(n, alpha * x[xOffset + i], y, yOffset, a, aOffset + i * lda);
    }
  }

  private static void addRow(int n, float factor, float[] y, int yo, float[] a, int ao) {
    FloatVector factors = FloatVector.broadcast(S, factor);
    int whole = VectorWidth.wholeVectors(n);
    for (int j = 0; j < whole; j += L) {
      FloatVector.fromArray(S, y, yo + j)
          .fma(factors, FloatVector.fromArray(S, a, ao + j))
          .intoArray(a, ao + j);
    }
    if (whole < n) {
      addTail(n, factor, y, yo, a, ao);
    }
  }

  private static void addTail(int n, float factor, float[] y, int yo, float[] a, int ao) {
    int whole = VectorWidth.wholeVectors(n);
    if (!VectorWidth.MASKED_TAILS) {
      for (int j = whole; j < n; j++) {
        a[ao + j] = Fma.fma(y[yo + j], factor, a[ao + j]);
      }
      return;
    }
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector.fromArray(S, y, yo + whole, mask)
        .fma(FloatVector.broadcast(S, factor), FloatVector.fromArray(S, a, ao + whole, mask))
        .intoArray(a, ao + whole, mask);
  }

  @Override
  protected void clear() {
    x = NONE;
    y = NONE;
    a = NONE;
  }
}
