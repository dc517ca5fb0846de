package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.support.VectorWidth.LANES;
import static dev.lanewise.kernel.update.SimdState.mean;
import static dev.lanewise.kernel.update.SimdState.square;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loop of FTRL. */
final class SimdFtrl {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdFtrl() {}

  static void ftrl(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] a,
      float[] z,
      float perRate,
      float l1,
      float l2,
      float shrinkage,
      float flushMean,
      float flushSquare) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = FloatVector.fromArray(S, g, go + i);
      FloatVector before = FloatVector.fromArray(S, a, wo + i);
      FloatVector sum = square(gradient.fma(gradient, before), flushSquare);
      sum.intoArray(a, wo + i);
      FloatVector pull = sum.sqrt().sub(before.sqrt()).mul(perRate);
      FloatVector shrunk = old.fma(FloatVector.broadcast(S, shrinkage), gradient);
      FloatVector moved = FloatVector.fromArray(S, z, wo + i).add(pull.neg().fma(old, shrunk));
      FloatVector linear = mean(moved, flushMean);
      linear.intoArray(z, wo + i);
      FloatVector scale =
          sum.sqrt().fma(FloatVector.broadcast(S, perRate), FloatVector.broadcast(S, l2));
      solve(linear, l1, scale).intoArray(w, wo + i);
    }
    if (whole < n) {
      ftrlTail(n, w, wo, g, go, a, z, perRate, l1, l2, shrinkage, flushMean, flushSquare);
    }
  }

  private static void ftrlTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] a,
      float[] z,
      float perRate,
      float l1,
      float l2,
      float shrinkage,
      float flushMean,
      float flushSquare) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = FloatVector.fromArray(S, g, go + whole, mask);
    FloatVector before = FloatVector.fromArray(S, a, wo + whole, mask);
    FloatVector sum = square(gradient.fma(gradient, before), flushSquare);
    sum.intoArray(a, wo + whole, mask);
    FloatVector pull = sum.sqrt().sub(before.sqrt()).mul(perRate);
    FloatVector shrunk = old.fma(FloatVector.broadcast(S, shrinkage), gradient);
    FloatVector moved =
        FloatVector.fromArray(S, z, wo + whole, mask).add(pull.neg().fma(old, shrunk));
    FloatVector linear = mean(moved, flushMean);
    linear.intoArray(z, wo + whole, mask);
    FloatVector scale =
        sum.sqrt().fma(FloatVector.broadcast(S, perRate), FloatVector.broadcast(S, l2));
    solve(linear, l1, scale).intoArray(w, wo + whole, mask);
  }

  /** The weight that a linear state stands for: +0 within l1. */
  private static FloatVector solve(FloatVector z, float l1, FloatVector scale) {
    FloatVector bound = FloatVector.broadcast(S, l1).blend(-l1, z.compare(VectorOperators.LT, 0f));
    return bound.sub(z).div(scale).blend(0f, z.abs().compare(VectorOperators.LE, l1));
  }
}
