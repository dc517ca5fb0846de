package dev.lanewise.kernel.reduce;

import static jdk.incubator.vector.VectorOperators.F2D;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.reduce.ReduceCall.Adder;
import dev.lanewise.kernel.reduce.ReduceCall.Block;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The SIMD twin of the reductions: blocks of 4096 elements, and tiles of a matrix's columns, are
 * dealt out to a team. Thread-safe.
 */
public final class SimdReduce extends CheckedReduce {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Double> D = VectorWidth.DOUBLES;

  private static final int L = VectorWidth.LANES;

  /** Double lanes of a vector. */
  private static final int HALF = L / 2;

  /**
   * Builds the SIMD twin without asking whether this machine should use it: the factory of the
   * kernels asks.
   *
   * @param team shares the work; results do not depend on its size
   * @throws IllegalStateException if the vector width that was asked for cannot be had
   */
  public SimdReduce(Team team) {
    super(team);
  }

  @Override
  Block block(Rule rule) {
    return switch (rule) {
      case SUM -> (n, x, xo, y, yo, lanes) -> SimdBlocks.sum(n, x, xo, lanes);
      case ABSOLUTE_SUM -> (n, x, xo, y, yo, lanes) -> absoluteSum(n, x, xo, lanes);
      case DOT -> SimdBlocks::dot;
      case NORM_IN_DOUBLE -> (n, x, xo, y, yo, lanes) -> norm(n, x, xo, lanes);
      case MAX -> (n, x, xo, y, yo, lanes) -> SimdBlocks.max(n, x, xo);
      case ABSOLUTE_MAX -> (n, x, xo, y, yo, lanes) -> SimdBlocks.absoluteMax(n, x, xo);
    };
  }

  /** Of absolute values, which are written aside first. */
  private static double absoluteSum(int n, float[] x, int xo, Lanes lanes) {
    float[] absolute = lanes.elements();
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += L) {
      FloatVector.fromArray(S, x, xo + i).abs().intoArray(absolute, i);
    }
    for (int i = whole; i < n; i++) {
      absolute[i] = Math.abs(x[xo + i]);
    }
    return SimdBlocks.sum(n, absolute, 0, lanes);
  }

  /**
   * Four vectors of lanes a walk over the block, which is in L1: narrow vectors walk often. Vectors
   * of one double have no floats to be made of.
   */
  private static double norm(int n, float[] x, int xo, Lanes lanes) {
    double[] sums = lanes.ofBlockInDouble();
    Arrays.fill(sums, 0.0);
    int whole = HALF == 1 ? 0 : n & -Lanes.COUNT;
    for (int lane = 0; lane < Lanes.COUNT && whole > 0; lane += 2 * L) {
      add4(whole, x, xo + lane, sums, lane);
    }
    for (int i = whole; i < n; i++) {
      double value = x[xo + i];
      sums[i % Lanes.COUNT] += value * value;
    }
    return Lanes.fold(sums);
  }

  private static void add4(int n, float[] x, int xo, double[] sums, int lane) {
    DoubleVector s0 = DoubleVector.fromArray(D, sums, lane);
    DoubleVector s1 = DoubleVector.fromArray(D, sums, lane + HALF);
    DoubleVector s2 = DoubleVector.fromArray(D, sums, lane + 2 * HALF);
    DoubleVector s3 = DoubleVector.fromArray(D, sums, lane + 3 * HALF);
    for (int i = 0; i < n; i += Lanes.COUNT) {
      FloatVector v0 = FloatVector.fromArray(S, x, xo + i);
      FloatVector v1 = FloatVector.fromArray(S, x, xo + i + L);
      s0 = addSquare(s0, v0, 0);
      s1 = addSquare(s1, v0, 1);
      s2 = addSquare(s2, v1, 0);
      s3 = addSquare(s3, v1, 1);
    }
    s0.intoArray(sums, lane);
    s1.intoArray(sums, lane + HALF);
    s2.intoArray(sums, lane + 2 * HALF);
    s3.intoArray(sums, lane + 3 * HALF);
  }

  /** Adds the squares of one half of the floats. */
  private static DoubleVector addSquare(DoubleVector sum, FloatVector floats, int half) {
    var v = (DoubleVector) floats.convertShape(F2D, D, half);
    return sum.add(v.mul(v));
  }

  @Override
  int place(boolean absolute, int n, float[] x, int xo) {
    if (absolute) {
      return SimdBlocks.firstAbsoluteMax(n, x, xo, largest(Rule.ABSOLUTE_MAX, n, x, xo));
    }
    return SimdBlocks.firstMax(n, x, xo, largest(Rule.MAX, n, x, xo));
  }

  @Override
  Adder adder() {
    return SimdReduce::add;
  }

  private static void add(int rows, int n, float[] x, int xo, int ld, float[] sums, int so) {
    for (int r = 0; r < rows; r++) {
      addRow(n, x, xo + r * ld, sums, so + r * n);
    }
  }

  private static void addRow(int n, float[] x, int xo, float[] sums, int so) {
    for (int j = 0; j < n; j += L) {
      FloatVector sum = FloatVector.fromArray(S, sums, so + j);
      sum.add(FloatVector.fromArray(S, x, xo + j)).intoArray(sums, so + j);
    }
  }
}
