package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.math.Nonlinearities.*;
import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.pointwise.PointwiseCall.Loop;
import dev.lanewise.kernel.support.SimdMath;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of the nonlinearities: a chunk goes through the passes of its function while it is in
 * the first-level cache.
 *
 * <p>A function is a row of passes, each with one loop: exp and log fill a compilation by
 * themselves (see {@link SimdMath}), and a call that has seen many kinds of passes is not inlined.
 * Passes hand over values in two scratch arrays, t and u.
 */
final class SimdNonlinearity {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  /** Elements of a chunk: its arrays stay in the first-level cache. */
  private static final int CHUNK = 1024;

  static final Loop EXP = SimdNonlinearity::exp;
  private static final Loop[] LEAKY_RELU = {SimdNonlinearity::leakyRelu};
  private static final Loop[] ELU = {SimdNonlinearity::expOfX, SimdNonlinearity::elu};
  private static final Loop[] SIGMOID = {
    SimdNonlinearity::minusAbs, EXP, SimdNonlinearity::sigmoid
  };
  private static final Loop[] TANH = {SimdNonlinearity::twiceAbs, EXP, SimdNonlinearity::tanh};
  private static final Loop[] SOFTPLUS = {
    SimdNonlinearity::minusAbs,
    EXP,
    SimdNonlinearity::onePlus,
    SimdNonlinearity::log,
    SimdNonlinearity::softplus
  };
  private static final Loop[] GELU = {
    SimdNonlinearity::minusHalfSquare, EXP, SimdNonlinearity::gelu
  };
  private static final Loop[] LEAKY_RELU_GRADIENT = {SimdNonlinearity::leakyReluGradient};
  private static final Loop[] ELU_GRADIENT = {SimdNonlinearity::eluGradient};
  private static final Loop[] SIGMOID_GRADIENT = {SimdNonlinearity::sigmoidGradient};
  private static final Loop[] TANH_GRADIENT = {SimdNonlinearity::tanhGradient};
  private static final Loop[] SOFTPLUS_GRADIENT = {
    SimdNonlinearity::minusAbs, EXP, SimdNonlinearity::softplusGradient
  };
  private static final Loop[] GELU_GRADIENT = {
    SimdNonlinearity::minusHalfSquare, EXP, SimdNonlinearity::geluGradient
  };

  private SimdNonlinearity() {}

  /** y = f(x). */
  static void value(PointwiseCall c, int from, int to, Scratch scratch) {
    Loop[] passes =
        switch (c.function.kind()) {
          case LEAKY_RELU -> LEAKY_RELU;
          case ELU -> ELU;
          case SIGMOID -> SIGMOID;
          case TANH -> TANH;
          case SOFTPLUS -> SOFTPLUS;
          case GELU -> GELU;
          case GELU_TANH -> SimdUnits.GELU_TANH;
          case SELU -> SimdUnits.SELU;
          case SWISH -> SimdUnits.SWISH;
          case MISH -> SimdUnits.MISH;
          case SOFTSIGN -> SimdUnits.SOFTSIGN;
          case HARD_SIGMOID -> SimdUnits.HARD_SIGMOID;
          case HARD_SWISH -> SimdUnits.HARD_SWISH;
        };
    run(passes, c, from, to, scratch);
  }

  /** y = b · f′, from the function's output or input in x. */
  static void gradient(PointwiseCall c, int from, int to, Scratch scratch) {
    Loop[] passes =
        switch (c.function.kind()) {
          case LEAKY_RELU -> LEAKY_RELU_GRADIENT;
          case ELU -> ELU_GRADIENT;
          case SIGMOID -> SIGMOID_GRADIENT;
          case TANH -> TANH_GRADIENT;
          case SOFTPLUS -> SOFTPLUS_GRADIENT;
          case GELU -> GELU_GRADIENT;
          case GELU_TANH -> SimdUnits.GELU_TANH_GRADIENT;
          case SELU -> SimdUnits.SELU_GRADIENT;
          case SWISH -> SimdUnits.SWISH_GRADIENT;
          case MISH -> SimdUnits.MISH_GRADIENT;
          case SOFTSIGN -> SimdUnits.SOFTSIGN_GRADIENT;
          case HARD_SIGMOID -> SimdUnits.HARD_SIGMOID_GRADIENT;
          case HARD_SWISH -> SimdUnits.HARD_SWISH_GRADIENT;
        };
    run(passes, c, from, to, scratch);
  }

  private static void run(Loop[] passes, PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += CHUNK) {
      for (Loop pass : passes) {
        pass.run(c, i, Math.min(i + CHUNK, to), scratch);
      }
    }
  }

  /** What exp is taken of, then exp itself. */
  static float[] t(Scratch scratch) {
    return scratch.floats(0, CHUNK);
  }

  /** What log is taken of, then log itself. */
  private static float[] u(Scratch scratch) {
    return scratch.floats(1, CHUNK);
  }

  /** t = −|x|. */
  static void minusAbs(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      load(c.x, c.xo + i).abs().neg().intoArray(t, i - from);
    }
  }

  /** t = 2|x|. */
  private static void twiceAbs(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      FloatVector a = load(c.x, c.xo + i).abs();
      a.add(a).intoArray(t, i - from);
    }
  }

  /** t = −a²/2 with a = |x|, cut. */
  private static void minusHalfSquare(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      FloatVector a = load(c.x, c.xo + i).abs();
      a = a.blend(PHI_LIMIT, a.compare(VectorOperators.GT, PHI_LIMIT));
      a.mul(a).mul(-0.5f).intoArray(t, i - from);
    }
  }

  /** t = exp(x). */
  static void expOfX(PointwiseCall c, int from, int to, Scratch scratch) {
    SimdMath.exp(to - from, c.x, c.xo + from, t(scratch), 0);
  }

  /** t = exp(t). */
  private static void exp(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    SimdMath.exp(to - from, t, 0, t, 0);
  }

  /** u = 1 + t. */
  private static void onePlus(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    float[] u = u(scratch);
    for (int i = 0; i < to - from; i += LANES) {
      load(t, i).add(1f).intoArray(u, i);
    }
  }

  /** u = log(u). */
  private static void log(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] u = u(scratch);
    SimdMath.log(to - from, u, 0, u, 0);
  }

  /** x &gt; 0 ? x : slope · x. */
  private static void leakyRelu(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector low = x.mul(c.p1);
      low.blend(x, x.compare(VectorOperators.GT, 0f)).intoArray(c.y, c.yo + i);
    }
  }

  /** ELU, with t = exp(x). */
  static void elu(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector p = x.fma(FloatVector.broadcast(S, M6), FloatVector.broadcast(S, M5));
      p = p.fma(x, FloatVector.broadcast(S, M4));
      p = p.fma(x, FloatVector.broadcast(S, M3));
      p = p.fma(x, FloatVector.broadcast(S, M2));
      FloatVector small = x.mul(x).fma(p, x);
      FloatVector low = load(t, i - from).sub(1f);
      low = low.blend(small, x.compare(VectorOperators.GT, ELU_SMALL)).mul(c.p1);
      low.blend(x, x.compare(VectorOperators.GT, 0f)).intoArray(c.y, c.yo + i);
    }
  }

  /** Sigmoid, with t = exp(−|x|). */
  private static void sigmoid(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      VectorMask<Float> high = load(c.x, c.xo + i).compare(VectorOperators.GE, 0f);
      FloatVector e = load(t, i - from);
      e.blend(1f, high).div(e.add(1f)).intoArray(c.y, c.yo + i);
    }
  }

  /** tanh, with t = exp(2|x|). */
  private static void tanh(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector e = load(t, i - from);
      FloatVector a = x.abs();
      FloatVector z = x.mul(x);
      FloatVector p = z.fma(FloatVector.broadcast(S, T11), FloatVector.broadcast(S, T9));
      p = p.fma(z, FloatVector.broadcast(S, T7));
      p = p.fma(z, FloatVector.broadcast(S, T5));
      p = p.fma(z, FloatVector.broadcast(S, T3));
      FloatVector small = z.mul(a).fma(p, a);
      FloatVector large =
          FloatVector.broadcast(S, 1f).sub(FloatVector.broadcast(S, 2f).div(e.add(1f)));
      FloatVector y = large.blend(small, a.compare(VectorOperators.LT, TANH_SMALL));
      IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
      IntVector bits = y.reinterpretAsInts().and(Integer.MAX_VALUE);
      bits.or(sign).reinterpretAsFloats().intoArray(c.y, c.yo + i);
    }
  }

  /** Softplus, with t = exp(−|x|) and u = log(1 + t). */
  private static void softplus(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    float[] u = u(scratch);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector e = load(t, i - from);
      FloatVector one = e.add(1f);
      FloatVector rest = e.sub(one.sub(1f)).div(one);
      FloatVector log = load(u, i - from).add(rest);
      FloatVector linear = FloatVector.zero(S).blend(x, x.compare(VectorOperators.GT, 0f));
      linear.add(log).intoArray(c.y, c.yo + i);
    }
  }

  /** y &gt; 0 ? dy : slope · dy. */
  private static void leakyReluGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      VectorMask<Float> high = load(c.x, c.xo + i).compare(VectorOperators.GT, 0f);
      FloatVector dy = load(c.b, c.bo + i);
      dy.mul(c.p1).blend(dy, high).intoArray(c.y, c.yo + i);
    }
  }

  /** y &gt; 0 ? dy : dy · (y + alpha). */
  private static void eluGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector y = load(c.x, c.xo + i);
      FloatVector dy = load(c.b, c.bo + i);
      FloatVector low = dy.mul(y.add(c.p1));
      low.blend(dy, y.compare(VectorOperators.GT, 0f)).intoArray(c.y, c.yo + i);
    }
  }

  /** dy · (y · (1 − y)). */
  private static void sigmoidGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector y = load(c.x, c.xo + i);
      FloatVector slope = y.mul(FloatVector.broadcast(S, 1f).sub(y));
      load(c.b, c.bo + i).mul(slope).intoArray(c.y, c.yo + i);
    }
  }

  /** dy · fma(−y, y, 1). */
  private static void tanhGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i += LANES) {
      FloatVector y = load(c.x, c.xo + i);
      FloatVector slope = y.neg().fma(y, FloatVector.broadcast(S, 1f));
      load(c.b, c.bo + i).mul(slope).intoArray(c.y, c.yo + i);
    }
  }

  /** dy · sigmoid(x), with t = exp(−|x|). */
  private static void softplusGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    float[] t = t(scratch);
    for (int i = from; i < to; i += LANES) {
      VectorMask<Float> high = load(c.x, c.xo + i).compare(VectorOperators.GE, 0f);
      FloatVector e = load(t, i - from);
      FloatVector slope = e.blend(1f, high).div(e.add(1f));
      load(c.b, c.bo + i).mul(slope).intoArray(c.y, c.yo + i);
    }
  }

  /** x · Φ(x), with t = exp(−a²/2). */
  private static void gelu(PointwiseCall c, int from, int to, Scratch scratch) {
    normal(c, from, to, t(scratch), false);
  }

  /** dy · (Φ(x) + x · φ(x)), with t = exp(−a²/2). */
  private static void geluGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    normal(c, from, to, t(scratch), true);
  }

  /** What GELU and its gradient share: bell = exp(−a²/2) of the unrounded square, phi = Φ(x). */
  private static void normal(PointwiseCall c, int from, int to, float[] t, boolean gradient) {
    FloatVector one = FloatVector.broadcast(S, 1f);
    for (int i = from; i < to; i += LANES) {
      FloatVector x = load(c.x, c.xo + i);
      FloatVector a = x.abs();
      a = a.blend(PHI_LIMIT, a.compare(VectorOperators.GT, PHI_LIMIT));
      FloatVector e = load(t, i - from);
      FloatVector lost = a.fma(a, a.mul(a).neg());
      FloatVector bell = e.mul(-0.5f).fma(lost, e);
      FloatVector r = one.div(a.fma(FloatVector.broadcast(S, PHI_SCALE), one));
      FloatVector p = r.fma(FloatVector.broadcast(S, P8), FloatVector.broadcast(S, P7));
      p = p.fma(r, FloatVector.broadcast(S, P6));
      p = p.fma(r, FloatVector.broadcast(S, P5));
      p = p.fma(r, FloatVector.broadcast(S, P4));
      p = p.fma(r, FloatVector.broadcast(S, P3));
      p = p.fma(r, FloatVector.broadcast(S, P2));
      p = p.fma(r, FloatVector.broadcast(S, P1));
      p = p.fma(r, FloatVector.broadcast(S, P0));
      FloatVector phi = p.mul(r).mul(bell);
      phi = phi.blend(one.sub(phi), x.compare(VectorOperators.GT, 0f));
      if (gradient) {
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        FloatVector signed = a.reinterpretAsInts().or(sign).reinterpretAsFloats();
        FloatVector slope = signed.mul(bell).fma(FloatVector.broadcast(S, NORMAL_DENSITY), phi);
        load(c.b, c.bo + i).mul(slope).intoArray(c.y, c.yo + i);
      } else {
        x.mul(phi).intoArray(c.y, c.yo + i);
      }
    }
  }

  static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(S, array, at);
  }
}
