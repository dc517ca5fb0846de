package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.math.Nonlinearities.*;
import static dev.lanewise.kernel.pointwise.SimdNonlinearity.load;
import static dev.lanewise.kernel.pointwise.SimdNonlinearity.t;
import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.pointwise.PointwiseCall.Loop;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Further passes of {@link SimdNonlinearity}: units with a gate, and those that are cut. */
final class SimdUnits {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  static final Loop[] SELU = {
    SimdNonlinearity::expOfX, SimdNonlinearity::elu, SimdUnits::timesGamma
  };
  static final Loop[] SWISH = {SimdUnits::minusAbsScaled, SimdNonlinearity.EXP, SimdUnits::swish};
  static final Loop[] GELU_TANH = {
    SimdUnits::minusAbsCubic, SimdNonlinearity.EXP, SimdUnits::geluTanh
  };
  static final Loop[] MISH = {SimdNonlinearity::minusAbs, SimdNonlinearity.EXP, SimdUnits::mish};
  static final Loop[] SOFTSIGN = {SimdUnits::softsign};
  static final Loop[] HARD_SIGMOID = {SimdUnits::hardSigmoid};
  static final Loop[] HARD_SWISH = {SimdUnits::hardSwish};
  static final Loop[] SELU_GRADIENT = {SimdUnits::seluGradient};
  static final Loop[] SWISH_GRADIENT = {
    SimdUnits::minusAbsScaled, SimdNonlinearity.EXP, SimdUnits::swishGradient
  };
  static final Loop[] GELU_TANH_GRADIENT = {
    SimdUnits::minusAbsCubic, SimdNonlinearity.EXP, SimdUnits::geluTanhGradient
  };
  static final Loop[] MISH_GRADIENT = {
    SimdNonlinearity::minusAbs, SimdNonlinearity.EXP, SimdUnits::mishGradient
  };
  static final Loop[] SOFTSIGN_GRADIENT = {SimdUnits::softsignGradient};
  static final Loop[] HARD_SIGMOID_GRADIENT = {SimdUnits::hardSigmoidGradient};
  static final Loop[] HARD_SWISH_GRADIENT = {SimdUnits::hardSwishGradient};

  private SimdUnits() {}

  /** t = −|alpha · x|. */
  private static void minusAbsScaled(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      load(c.x, c.xo + i).mul(c.p1).abs().neg().intoArray(t, i - from);
    }
  }

  /** t = −|u|, u being the argument of GELU's approximation. */
  private static void minusAbsCubic(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      cubic(bounded(load(c.x, c.xo + i))).abs().neg().intoArray(t, i - from);
    }
  }

  /** y = gamma · y. */
  private static void timesGamma(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      load(c.y, c.yo + i).mul(c.p2).intoArray(c.y, c.yo + i);
    }
  }

  /** x · sigmoid(alpha · x), with t = exp(−|alpha · x|). */
  private static void swish(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      x.mul(sigmoid(x.mul(c.p1), load(t, i - from))).intoArray(c.y, c.yo + i);
    }
  }

  /** dy · (s · fma(z, 1 − s, 1)), with t = exp(−|z|), z = alpha · x, s = sigmoid(z). */
  private static void swishGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int i = from; i < to; i += LANES) {
      FloatVector z = load(c.x, c.xo + i).mul(c.p1);
      FloatVector s = sigmoid(z, load(t, i - from));
      FloatVector slope = s.mul(z.fma(one.sub(s), one));
      load(c.b, c.bo + i).mul(slope).intoArray(c.y, c.yo + i);
    }
  }

  /** x · sigmoid(u), with t = exp(−|u|). */
  private static void geluTanh(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      x.mul(sigmoid(cubic(bounded(x)), load(t, i - from))).intoArray(c.y, c.yo + i);
    }
  }

  /** dy · (s · fma(x · (1 − s), u′, 1)), with t = exp(−|u|), s = sigmoid(u). */
  private static void geluTanhGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = bounded(load(c.x, c.xo + i));
      FloatVector s = sigmoid(cubic(x), load(t, i - from));
      FloatVector slope =
          x.mul(x).fma(FloatVector.broadcast(S, GELU_9), FloatVector.broadcast(S, GELU_1));
      slope = s.mul(x.mul(one.sub(s)).fma(slope, one));
      load(c.b, c.bo + i).mul(slope).intoArray(c.y, c.yo + i);
    }
  }

  /** x · tanh(softplus(x)), with t = exp(−|x|). */
  private static void mish(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector e = load(t, i - from);
      VectorMask<Float> high = x.compare(VectorOperators.GE, 0f);
      FloatVector p = numerator(e, high);
      x.mul(p.div(p.add(rest(e, high)))).intoArray(c.y, c.yo + i);
    }
  }

  /** Mish's gradient, with t = exp(−|x|). */
  private static void mishGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector e = load(t, i - from);
      VectorMask<Float> high = x.compare(VectorOperators.GE, 0f);
      FloatVector p = numerator(e, high);
      FloatVector r = rest(e, high);
      FloatVector q = p.add(r);
      FloatVector s = e.blend(1f, high).div(e.add(1f));
      FloatVector slope = x.mul(s).fma(r.mul(q.add(p)).div(q.mul(q)), p.div(q));
      load(c.b, c.bo + i).mul(slope).intoArray(c.y, c.yo + i);
    }
  }

  /** The numerator of tanh(softplus(x)) as a polynomial of e = exp(−|x|). */
  private static FloatVector numerator(FloatVector e, VectorMask<Float> high) {
    FloatVector two = FloatVector.broadcast(S, 2f);
    return e.mul(e.add(2f)).blend(two.fma(e, FloatVector.broadcast(S, 1f)), high);
  }

  /** What the denominator has more than that. */
  private static FloatVector rest(FloatVector e, VectorMask<Float> high) {
    return FloatVector.broadcast(S, 2f).blend(e.mul(2f).mul(e), high);
  }

  private static void softsign(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      x.div(x.abs().add(1f)).intoArray(c.y, c.yo + i);
    }
  }

  /** dy / (1 + |x|)². */
  private static void softsignGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector u = load(c.x, c.xo + i).abs().add(1f);
      load(c.b, c.bo + i).div(u.mul(u)).intoArray(c.y, c.yo + i);
    }
  }

  private static void hardSigmoid(PointwiseCall c, int from, int to, Scratch scratch) {
    FloatVector alpha = FloatVector.broadcast(S, c.p1);
    FloatVector beta = FloatVector.broadcast(S, c.p2);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      cut(alpha.fma(x, beta)).intoArray(c.y, c.yo + i);
    }
  }

  /** 0 &lt; y &lt; 1 ? dy · alpha : +0. */
  private static void hardSigmoidGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector y = load(c.x, c.xo + i);
      VectorMask<Float> inner =
          y.compare(VectorOperators.GT, 0f).and(y.compare(VectorOperators.LT, 1f));
      FloatVector dx = load(c.b, c.bo + i).mul(c.p1);
      FloatVector.zero(S).blend(dx, inner).intoArray(c.y, c.yo + i);
    }
  }

  private static void hardSwish(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      x.mul(gate(x)).intoArray(c.y, c.yo + i);
    }
  }

  /** dy · (h + x / 6 where h is not cut, else h). */
  private static void hardSwishGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector h = gate(x);
      VectorMask<Float> inner =
          h.compare(VectorOperators.GT, 0f).and(h.compare(VectorOperators.LT, 1f));
      FloatVector slope = h.blend(x.fma(FloatVector.broadcast(S, SIXTH), h), inner);
      load(c.b, c.bo + i).mul(slope).intoArray(c.y, c.yo + i);
    }
  }

  /** dy · (y &gt; 0 ? gamma : fma(alpha, gamma, y)). */
  private static void seluGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    FloatVector alpha = FloatVector.broadcast(S, c.p1);
    FloatVector gamma = FloatVector.broadcast(S, c.p2);
    for (int i = from; i < to; i += LANES) {
      FloatVector y = load(c.x, c.xo + i);
      FloatVector slope = alpha.fma(gamma, y).blend(gamma, y.compare(VectorOperators.GT, 0f));
      load(c.b, c.bo + i).mul(slope).intoArray(c.y, c.yo + i);
    }
  }

  /** (x + 3) / 6, cut to 0 to 1. */
  private static FloatVector gate(FloatVector x) {
    return cut(x.add(3f).div(6f));
  }

  /** h, cut to 0 to 1. */
  private static FloatVector cut(FloatVector h) {
    FloatVector low = h.blend(0f, h.compare(VectorOperators.LT, 0f));
    return low.blend(1f, h.compare(VectorOperators.GT, 1f));
  }

  /** sigmoid(z), with e = exp(−|z|). */
  private static FloatVector sigmoid(FloatVector z, FloatVector e) {
    return e.blend(1f, z.compare(VectorOperators.GE, 0f)).div(e.add(1f));
  }

  /** |x| cut where GELU is 0 or x, with the sign of x. */
  private static FloatVector bounded(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(PHI_LIMIT, a.compare(VectorOperators.GT, PHI_LIMIT));
    IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
    return a.reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  private static FloatVector cubic(FloatVector x) {
    FloatVector square = x.mul(x);
    return x.mul(square.fma(FloatVector.broadcast(S, GELU_3), FloatVector.broadcast(S, GELU_1)));
  }
}
