package dev.lanewise.kernel.update;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The steps that the loops of several optimizers share. They are tiny, so that C2 inlines them
 * wherever they stand, and select without branches.
 */
final class SimdState {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdState() {}

  /** The gradient with its L2 term. */
  static FloatVector l2(FloatVector g, FloatVector w, float decay) {
    FloatVector factor = FloatVector.broadcast(S, decay);
    return g.blend(w.fma(factor, g), factor.compare(VectorOperators.NE, 0f));
  }

  /** A new mean. */
  static FloatVector first(FloatVector old, FloatVector x, Moments by) {
    return mean(average(old, by.beta1(), x, by.oneMinusBeta1()), by.flushMean());
  }

  /** A new mean square. */
  static FloatVector second(FloatVector old, FloatVector x, Moments by) {
    return square(average(old, by.beta2(), x.mul(x), by.oneMinusBeta2()), by.flushSquare());
  }

  /** fma(rest, x, share · old). */
  static FloatVector average(FloatVector old, float share, FloatVector x, float rest) {
    return x.fma(FloatVector.broadcast(S, rest), old.mul(share));
  }

  static FloatVector mean(FloatVector s, float threshold) {
    return s.blend(0f, s.abs().compare(VectorOperators.LT, threshold));
  }

  static FloatVector square(FloatVector s, float threshold) {
    return s.blend(0f, s.compare(VectorOperators.LT, threshold));
  }
}
