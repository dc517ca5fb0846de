package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.kernel.reduce.ReduceCall.Loop;
import dev.lanewise.kernel.support.Check;
import org.jspecify.annotations.Nullable;

/**
 * Checks the arguments of matrix-vector operations, and runs the loop that a twin has for each.
 * Operations on vectors are those of the element by element kernels and of the reductions.
 */
abstract class CheckedBlas extends AbstractKernel<ReduceCall> implements Blas {
  private final Elementwise elementwise;
  private final CheckedReduce reduce;

  /** A SIMD twin over a team, or a scalar twin without one. */
  CheckedBlas(Elementwise elementwise, CheckedReduce reduce, @Nullable Team team) {
    super(ReduceCall::new, team);
    this.elementwise = elementwise;
    this.reduce = reduce;
  }

  /** Returns the loop over A's rows that computes A · x. */
  abstract Loop gemv();

  /** Returns the loop over A's columns that computes Aᵀ · x. */
  abstract Loop gemvTransposed();

  /** Returns the loop over A's rows that adds an outer product. */
  abstract Loop ger();

  @Override
  public final void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    elementwise.axpy(n, alpha, x, xOffset, y, yOffset);
  }

  @Override
  public final void scal(int n, float alpha, float[] x, int xOffset) {
    elementwise.scale(n, alpha, x, xOffset, x, xOffset);
  }

  @Override
  public final float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
    return reduce.dot(n, x, xOffset, y, yOffset);
  }

  @Override
  public final float nrm2(int n, float[] x, int xOffset) {
    return (float) Math.sqrt(reduce.squaredNormInDouble(n, x, xOffset));
  }

  @Override
  public final float asum(int n, float[] x, int xOffset) {
    return reduce.absoluteSum(n, x, xOffset);
  }

  @Override
  public final int iamax(int n, float[] x, int xOffset) {
    return reduce.absoluteArgMax(n, x, xOffset);
  }

  @Override
  public final void gemv(
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
    Check.given("trans", trans);
    checkMatrix(m, n, a, aOffset, lda);
    boolean plain = trans == Transpose.NO;
    int in = plain ? n : m;
    int out = plain ? m : n;
    Check.range("x", x, xOffset, in);
    Check.range("y", y, yOffset, out);
    Check.disjoint("y", y, yOffset, out, "a", a, aOffset, Check.span(m, n, lda));
    Check.disjoint("y", y, yOffset, out, "x", x, xOffset, in);
    ReduceCall call = take().on(plain ? gemv() : gemvTransposed());
    call.matrix(m, n, a, aOffset, lda).vectors(x, xOffset, y, yOffset).factors(alpha, beta);
    run(call, out, plain ? SimdGemv.ROWS : Call.ELEMENTS, (long) m * n);
  }

  @Override
  public final void ger(
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
    checkMatrix(m, n, a, aOffset, lda);
    Check.range("x", x, xOffset, m);
    Check.range("y", y, yOffset, n);
    Check.disjoint("a", a, aOffset, Check.span(m, n, lda), "x", x, xOffset, m);
    Check.disjoint("a", a, aOffset, Check.span(m, n, lda), "y", y, yOffset, n);
    if (n == 0) {
      return;
    }
    ReduceCall call = take().on(ger()).matrix(m, n, a, aOffset, lda);
    run(call.vectors(x, xOffset, y, yOffset).factors(alpha, 0), m, 1, (long) m * n);
  }

  private static void checkMatrix(int m, int n, float[] a, int aOffset, int lda) {
    Check.atLeast("m", m, 0);
    Check.atLeast("n", n, 0);
    Check.matrix("a", a, aOffset, m, n, lda);
  }
}
