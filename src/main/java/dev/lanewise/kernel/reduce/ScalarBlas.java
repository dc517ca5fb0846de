package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.ScalarPointwise;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.ScalarBlocks;
import java.util.Arrays;

/** The scalar twin of {@link Blas}: plain loops that define the result. Thread-safe. */
public final class ScalarBlas implements Blas {
  private final ScalarPointwise elementwise = new ScalarPointwise();
  private final ScalarReduce reduce = new ScalarReduce();
  private final Recycler<Lanes> lanes = new Recycler<>(Lanes::new);

  /** Builds the scalar twin. */
  public ScalarBlas() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    elementwise.axpy(n, alpha, x, xOffset, y, yOffset);
  }

  @Override
  public void scal(int n, float alpha, float[] x, int xOffset) {
    elementwise.scale(n, alpha, x, xOffset, x, xOffset);
  }

  @Override
  public float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
    return reduce.dot(n, x, xOffset, y, yOffset);
  }

  @Override
  public float nrm2(int n, float[] x, int xOffset) {
    return (float) Math.sqrt(reduce.squaredNormInDouble(n, x, xOffset));
  }

  @Override
  public float asum(int n, float[] x, int xOffset) {
    BlasArguments.vector(n, x, xOffset);
    Lanes borrowed = lanes.take();
    try {
      borrowed.begin();
      for (int b = 0; b < Lanes.blocks(n); b++) {
        int at = xOffset + b * Lanes.BLOCK;
        borrowed.add(blockAsum(Lanes.size(n, b), x, at, borrowed.ofBlock()));
      }
      return borrowed.total();
    } finally {
      lanes.give(borrowed);
    }
  }

  private static float blockAsum(int n, float[] x, int xOffset, float[] lanes) {
    Arrays.fill(lanes, 0f);
    for (int i = 0; i < n; i++) {
      lanes[i % Lanes.COUNT] += Math.abs(x[xOffset + i]);
    }
    return Lanes.fold(lanes);
  }

  @Override
  public int iamax(int n, float[] x, int xOffset) {
    BlasArguments.notEmpty(n, x, xOffset);
    int best = 0;
    for (int i = 1; i < n; i++) {
      float value = Math.abs(x[xOffset + i]);
      float largest = Math.abs(x[xOffset + best]);
      if (value > largest || (Float.isNaN(value) && !Float.isNaN(largest))) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void gemv(
      Transpose trans,
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
    BlasArguments.gemv(trans, m, n, a, aOffset, lda, x, xOffset, y, yOffset);
    if (trans == Transpose.NO) {
      Lanes borrowed = lanes.take();
      try {
        for (int i = 0; i < m; i++) {
          int row = aOffset + i * lda;
          float sum = alpha == 0 ? 0f : ScalarBlocks.dot(n, a, row, x, xOffset, borrowed);
          store(alpha * sum, beta, y, yOffset + i);
        }
      } finally {
        lanes.give(borrowed);
      }
    } else {
      for (int j = 0; j < n; j++) {
        float sum = 0f;
        for (int i = 0; i < (alpha == 0 ? 0 : m); i++) {
          sum = Fma.fma(a[aOffset + i * lda + j], x[xOffset + i], sum);
        }
        store(alpha * sum, beta, y, yOffset + j);
      }
    }
  }

  /** With beta 0 the old element is not read. */
  private static void store(float product, float beta, float[] y, int at) {
    y[at] = beta == 0 ? product : Fma.fma(beta, y[at], product);
  }

  @Override
  public void ger(
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
    BlasArguments.ger(m, n, x, xOffset, y, yOffset, a, aOffset, lda);
    for (int i = 0; i < m; i++) {
      float factor = alpha * x[xOffset + i];
      for (int j = 0; j < n; j++) {
        int at = aOffset + i * lda + j;
        a[at] = Fma.fma(factor, y[yOffset + j], a[at]);
      }
    }
  }
}
