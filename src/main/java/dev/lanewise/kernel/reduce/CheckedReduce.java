package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.reduce.ReduceCall.Adder;
import dev.lanewise.kernel.reduce.ReduceCall.Block;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Lanes;
import org.jspecify.annotations.Nullable;

/** Checks a reduction's arguments, and runs the loop that a twin has for it. */
abstract class CheckedReduce extends AbstractKernel<ReduceCall> implements Reduce {
  /** What a twin has a loop for. */
  enum Rule {
    SUM,
    ABSOLUTE_SUM,
    DOT,
    NORM_IN_DOUBLE,
    MAX,
    ABSOLUTE_MAX
  }

  /**
   * How many elements a reduction reads while a loop that writes would do one: 64 K of them are
   * some 3 µs of work in the second-level cache, of which a second thread could save half and costs
   * a quarter to a half.
   */
  private static final int READS = 4;

  /** A maximum is found without lanes. */
  private static final Lanes NO_LANES = new Lanes();

  /** A SIMD twin over a team, or a scalar twin without one. */
  CheckedReduce(@Nullable Team team) {
    super(ReduceCall::new, team);
  }

  /** Returns a rule's loop over a block. */
  abstract Block block(Rule rule);

  /** Returns the loop that adds a stretch to another. */
  abstract Adder adder();

  /** Returns the place of the largest of n elements, or of the largest absolute value. */
  abstract int place(boolean absolute, int n, float[] x, int xOffset);

  @Override
  public final float sum(int n, float[] x, int xOffset) {
    return sum(Rule.SUM, n, x, xOffset);
  }

  /** Returns the sum of the absolute values. */
  final float absoluteSum(int n, float[] x, int xOffset) {
    return sum(Rule.ABSOLUTE_SUM, n, x, xOffset);
  }

  private float sum(Rule rule, int n, float[] x, int xOffset) {
    check(n, 0, x, xOffset);
    ReduceCall call = reduced(rule, n, x, xOffset, x, xOffset);
    float sum = call.sum();
    give(call);
    return sum;
  }

  @Override
  public final float max(int n, float[] x, int xOffset) {
    check(n, 0, x, xOffset);
    return largest(Rule.MAX, n, x, xOffset);
  }

  /** Returns the largest element, or the largest absolute value; one block needs no memory. */
  final float largest(Rule rule, int n, float[] x, int xOffset) {
    if (n <= BLOCK) {
      return (float) block(rule).of(n, x, xOffset, x, xOffset, NO_LANES);
    }
    ReduceCall call = reduced(rule, n, x, xOffset, x, xOffset);
    float max = call.max();
    give(call);
    return max;
  }

  @Override
  public final float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
    check(n, 0, x, xOffset);
    Check.range("y", y, yOffset, n);
    ReduceCall call = reduced(Rule.DOT, n, x, xOffset, y, yOffset);
    float dot = call.sum();
    give(call);
    return dot;
  }

  @Override
  public final float squaredNorm(int n, float[] x, int xOffset) {
    return dot(n, x, xOffset, x, xOffset);
  }

  @Override
  public final double squaredNormInDouble(int n, float[] x, int xOffset) {
    check(n, 0, x, xOffset);
    ReduceCall call = reduced(Rule.NORM_IN_DOUBLE, n, x, xOffset, x, xOffset);
    double norm = call.sumInDouble();
    give(call);
    return norm;
  }

  @Override
  public final int argMax(int n, float[] x, int xOffset) {
    check(n, 1, x, xOffset);
    return place(false, n, x, xOffset);
  }

  /** Returns the place of the largest absolute value. */
  final int absoluteArgMax(int n, float[] x, int xOffset) {
    check(n, 1, x, xOffset);
    return place(true, n, x, xOffset);
  }

  @Override
  public final void sumRows(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset) {
    Check.atLeast("rows", rows, 0);
    Check.atLeast("columns", columns, 0);
    Check.matrix("x", x, xOffset, rows, columns, ldx);
    Check.range("y", y, yOffset, columns);
    Check.disjoint("y", y, yOffset, columns, "x", x, xOffset, Check.span(rows, columns, ldx));
    if (columns == 0) {
      return;
    }
    ReduceCall call = take().onRows(adder()).matrix(rows, columns, x, xOffset, ldx);
    call.vectors(x, xOffset, y, yOffset);
    divide(call, call.rowParts(), 1, (long) rows * columns / READS);
    call.sumRowResults();
    give(call);
  }

  /** Returns a call that holds the blocks' results; one block is reduced right here. */
  private ReduceCall reduced(Rule rule, int n, float[] x, int xOffset, float[] y, int yOffset) {
    ReduceCall call = take();
    int blocks = call.elements(n);
    if (blocks == 1) {
      call.results[0] = block(rule).of(n, x, xOffset, y, yOffset, call.lanes);
    } else {
      call.onBlocks(block(rule)).vectors(x, xOffset, y, yOffset);
      divide(call, blocks, 1, n / READS);
    }
    return call;
  }

  private static void check(int n, int least, float[] x, int xOffset) {
    Check.atLeast("n", n, least);
    Check.range("x", x, xOffset, n);
  }
}
