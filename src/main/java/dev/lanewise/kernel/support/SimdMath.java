package dev.lanewise.kernel.support;

import static dev.lanewise.kernel.math.ExpLog.*;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import dev.lanewise.kernel.math.ExpLog;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp and log of arrays: operation for operation those of {@code ExpLog}, so the same bits.
 *
 * <p>They are loops, not functions of a vector: C2 inlines a function that returns a vector only
 * where it finds the call hot, which depends on what the program did before, and a vector that is
 * returned from a call not inlined is an object. It also inlines the Vector API only until a
 * compilation has made some 18 000 nodes, of which exp makes 11 000 and log 15 000: a method that
 * calls one of these loops does so at one place and does little else with vectors, and is itself
 * called where C2 cannot inline it (a call that has seen three receivers).
 */
public final class SimdMath {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdMath() {}

  /** y = e to the power x, for n elements; x and y may be the same stretch. */
  public static void exp(int n, float[] x, int xOffset, float[] y, int yOffset) {
    exp(n, x, xOffset, 0f, y, yOffset);
  }

  /** y = e to the power x − minus, for n elements; x and y may be the same stretch. */
  public static void exp(int n, float[] x, int xOffset, float minus, float[] y, int yOffset) {
    FloatVector subtrahend = FloatVector.broadcast(S, minus);
    FloatVector limit = FloatVector.broadcast(S, EXP_LIMIT);
    FloatVector log2e = FloatVector.broadcast(S, LOG2_E);
    FloatVector rounder = FloatVector.broadcast(S, ROUNDER);
    FloatVector e5 = FloatVector.broadcast(S, E5);
    FloatVector one = FloatVector.broadcast(S, 1f);
    int i = 0;
    for (; i < VectorWidth.wholeVectors(n); i += L) {
      FloatVector cut = FloatVector.fromArray(S, x, xOffset + i).sub(subtrahend);
      cut = cut.blend(limit, limit.lt(cut));
      cut = cut.blend(-EXP_LIMIT, cut.lt(-EXP_LIMIT));
      FloatVector rounded = cut.fma(log2e, rounder);
      FloatVector count = rounded.sub(rounder);
      FloatVector r = count.fma(FloatVector.broadcast(S, -LN2), cut);
      r = count.fma(FloatVector.broadcast(S, -LN2_REST), r);
      FloatVector p = r.fma(FloatVector.broadcast(S, E6), e5);
      p = p.fma(r, FloatVector.broadcast(S, E4));
      p = p.fma(r, FloatVector.broadcast(S, E3));
      p = p.fma(r, FloatVector.broadcast(S, E2));
      p = p.fma(r, one).fma(r, one);
      IntVector exponents = rounded.reinterpretAsInts();
      IntVector half = exponents.lanewise(ASHR, 1);
      IntVector rest = exponents.sub(half);
      p = p.mul(half.lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats());
      p.mul(rest.lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats()).intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      y[yOffset + i] = ExpLog.exp(x[xOffset + i] - minus);
    }
  }

  /** y = the natural logarithm of x, for n elements; x and y may be the same stretch. */
  public static void log(int n, float[] x, int xOffset, float[] y, int yOffset) {
    int i = 0;
    for (; i < VectorWidth.wholeVectors(n); i += L) {
      FloatVector v = FloatVector.fromArray(S, x, xOffset + i);
      VectorMask<Float> small = v.lt(Float.MIN_NORMAL);
      IntVector bits = v.blend(v.mul(NORMALIZER), small).reinterpretAsInts().sub(ROOT_HALF_BITS);
      IntVector exponent = bits.lanewise(ASHR, EXPONENT_SHIFT);
      FloatVector e = (FloatVector) exponent.convertShape(I2F, S, 0);
      e = e.blend(e.sub(NORMALIZER_EXPONENT), small);
      FloatVector f = bits.and(MANTISSA).add(ROOT_HALF_BITS).reinterpretAsFloats().sub(1f);
      FloatVector p = f.fma(FloatVector.broadcast(S, L10), FloatVector.broadcast(S, L9));
      p = p.fma(f, FloatVector.broadcast(S, L8));
      p = p.fma(f, FloatVector.broadcast(S, L7));
      p = p.fma(f, FloatVector.broadcast(S, L6));
      p = p.fma(f, FloatVector.broadcast(S, L5));
      p = p.fma(f, FloatVector.broadcast(S, L4));
      p = p.fma(f, FloatVector.broadcast(S, L3));
      p = p.fma(f, FloatVector.broadcast(S, -0.5f));
      FloatVector log = f.mul(f).fma(p, f);
      log = e.fma(FloatVector.broadcast(S, LN2_LOW), log);
      log = e.fma(FloatVector.broadcast(S, LN2_HIGH), log);
      log = log.blend(Float.NEGATIVE_INFINITY, v.eq(0f)).blend(Float.NaN, v.lt(0f));
      v.blend(log, v.compare(LT, Float.POSITIVE_INFINITY)).intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      y[yOffset + i] = ExpLog.log(x[xOffset + i]);
    }
  }
}
