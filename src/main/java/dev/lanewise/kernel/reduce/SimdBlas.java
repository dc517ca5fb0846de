package dev.lanewise.kernel.reduce;

import static jdk.incubator.vector.VectorOperators.IS_NAN;

import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.SimdPointwise;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** The SIMD twin of {@link Blas}, which divides large calls among a team. Thread-safe. */
public final class SimdBlas implements Blas {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private final Team team;
  private final SimdPointwise elementwise;
  private final SimdReduce reduce;
  private final Recycler<SimdAbsolute> sums = new Recycler<>(SimdAbsolute::new);
  private final Recycler<SimdRowDots> dots = new Recycler<>(SimdRowDots::new);
  private final Recycler<SimdColumnChains> chains = new Recycler<>(SimdColumnChains::new);
  private final Recycler<SimdOuter> outers = new Recycler<>(SimdOuter::new);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdBlas(Team team) {
    VectorWidth.require();
    this.team = team;
    elementwise = new SimdPointwise(team);
    reduce = new SimdReduce(team);
  }

  @Override
  public int vectorBits() {
    return VectorWidth.BITS;
  }

  @Override
  public int threads() {
    return team.size();
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
    SimdAbsolute job = sums.take();
    try {
      return job.sum(team, n, x, xOffset);
    } finally {
      sums.give(job);
    }
  }

  @Override
  public int iamax(int n, float[] x, int xOffset) {
    BlasArguments.notEmpty(n, x, xOffset);
    SimdAbsolute job = sums.take();
    float max;
    try {
      max = job.max(team, n, x, xOffset);
    } finally {
      sums.give(job);
    }
    return Float.isNaN(max) ? firstNaN(n, x, xOffset) : firstEqual(n, x, xOffset, max);
  }

  private static int firstNaN(int n, float[] x, int xOffset) {
    int i = 0;
    for (; i < VectorWidth.wholeVectors(n); i += L) {
      VectorMask<Float> hit = FloatVector.fromArray(S, x, xOffset + i).test(IS_NAN);
      if (hit.anyTrue()) {
        return i + hit.firstTrue();
      }
    }
    while (!Float.isNaN(x[xOffset + i])) {
      i++;
    }
    return i;
  }

  private static int firstEqual(int n, float[] x, int xOffset, float max) {
    int i = 0;
    for (; i < VectorWidth.wholeVectors(n); i += L) {
      VectorMask<Float> hit = FloatVector.fromArray(S, x, xOffset + i).abs().eq(max);
      if (hit.anyTrue()) {
        return i + hit.firstTrue();
      }
    }
    while (Math.abs(x[xOffset + i]) != max) {
      i++;
    }
    return i;
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
    Team shared = RangeJob.alone(team, (long) m * n) ? null : team;
    if (trans == Transpose.NO) {
      SimdRowDots job = dots.take();
      job.multiply(shared, m, n, alpha, a, aOffset, lda, x, xOffset, beta, y, yOffset);
      dots.give(job);
    } else {
      SimdColumnChains job = chains.take();
      job.multiply(shared, m, n, alpha, a, aOffset, lda, x, xOffset, beta, y, yOffset);
      chains.give(job);
    }
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
    if (n == 0) {
      return;
    }
    SimdOuter job = outers.take();
    Team shared = RangeJob.alone(team, (long) m * n) ? null : team;
    job.add(shared, m, n, alpha, x, xOffset, y, yOffset, a, aOffset, lda);
    outers.give(job);
  }
}
