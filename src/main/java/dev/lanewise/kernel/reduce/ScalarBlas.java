package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.pointwise.ScalarPointwise;
import dev.lanewise.kernel.reduce.ReduceCall.Loop;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.ScalarBlocks;

/** The scalar twin of {@link Blas}: plain loops that define the result. Thread-safe. */
public final class ScalarBlas extends CheckedBlas {
  /** Builds the scalar twin. */
  public ScalarBlas() {
    super(new ScalarPointwise(), new ScalarReduce(), null);
  }

  @Override
  Loop gemv() {
    return ScalarBlas::rowDots;
  }

  @Override
  Loop gemvTransposed() {
    return ScalarBlas::columnChains;
  }

  @Override
  Loop ger() {
    return ScalarBlas::addOuter;
  }

  private static void rowDots(ReduceCall c, int from, int to, Scratch scratch) {
    Lanes lanes = scratch.object(Lanes.class, Lanes::new);
    int n = c.alpha == 0 ? 0 : c.n;
    for (int i = from; i < to; i++) {
      c.store(ScalarBlocks.dot(n, c.a, c.ao + i * c.lda, c.x, c.xo, lanes), i);
    }
  }

  private static void columnChains(ReduceCall c, int from, int to, Scratch scratch) {
    int m = c.alpha == 0 ? 0 : c.m;
    for (int j = from; j < to; j++) {
      float sum = 0f;
      for (int i = 0; i < m; i++) {
        sum = Fma.fma(c.a[c.ao + i * c.lda + j], c.x[c.xo + i], sum);
      }
      c.store(sum, j);
    }
  }

  private static void addOuter(ReduceCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      float factor = c.alpha * c.x[c.xo + i];
      int row = c.ao + i * c.lda;
      for (int j = 0; j < c.n; j++) {
        c.a[row + j] = Fma.fma(factor, c.y[c.yo + j], c.a[row + j]);
      }
    }
  }
}
