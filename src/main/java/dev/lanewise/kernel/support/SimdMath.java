package dev.lanewise.kernel.support;

import static dev.lanewise.kernel.math.ExpLog.*;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * exp and log of vectors: operation for operation those of {@code ScalarMath}, so the same bits.
 *
 * <p>Both are written to be inlined into a loop that calls them once; only that keeps their vectors
 * out of the heap.
 */
public final class SimdMath {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdMath() {}

  /** Returns e to the power of each lane. */
  public static FloatVector exp(FloatVector x) {
    FloatVector cut = x.blend(EXP_LIMIT, x.broadcast(EXP_LIMIT).lt(x));
    cut = cut.blend(-EXP_LIMIT, cut.lt(-EXP_LIMIT));
    FloatVector rounded = cut.fma(c(LOG2_E), c(ROUNDER));
    FloatVector n = rounded.sub(ROUNDER);
    FloatVector r = n.fma(c(-LN2), cut);
    r = n.fma(c(-LN2_REST), r);
    FloatVector p = r.fma(c(E6), c(E5));
    p = p.fma(r, c(E4)).fma(r, c(E3)).fma(r, c(E2)).fma(r, c(1f)).fma(r, c(1f));
    IntVector exponent = rounded.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = exponent.lanewise(ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector exponent) {
    return exponent.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
  }

  private static FloatVector c(float constant) {
    return FloatVector.broadcast(S, constant);
  }

  /** Returns the natural logarithm of each lane. */
  public static FloatVector log(FloatVector x) {
    VectorMask<Float> small = x.lt(Float.MIN_NORMAL);
    IntVector bits = x.blend(x.mul(NORMALIZER), small).reinterpretAsInts().sub(ROOT_HALF_BITS);
    FloatVector e = (FloatVector) bits.lanewise(ASHR, 23).convertShape(I2F, S, 0);
    e = e.blend(e.sub(NORMALIZER_EXPONENT), small);
    FloatVector f = bits.and(MANTISSA).add(ROOT_HALF_BITS).reinterpretAsFloats().sub(1f);
    FloatVector p = f.fma(c(L10), c(L9)).fma(f, c(L8)).fma(f, c(L7)).fma(f, c(L6));
    p = p.fma(f, c(L5)).fma(f, c(L4)).fma(f, c(L3)).fma(f, c(-0.5f));
    FloatVector y = f.mul(f).fma(p, f);
    y = e.fma(c(LN2_LOW), y);
    y = e.fma(c(LN2_HIGH), y);
    y = y.blend(Float.NEGATIVE_INFINITY, x.eq(0f));
    y = y.blend(Float.NaN, x.lt(0f));
    return x.blend(y, x.compare(LT, Float.POSITIVE_INFINITY));
  }

  /** Returns the natural logarithm of one number: the bits are those of its vector form. */
  public static float log(float x) {
    return log(FloatVector.broadcast(S, x)).lane(0);
  }
}
