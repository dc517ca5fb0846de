package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.math.Nonlinearities.*;
import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.math.Nonlinearities;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The passes of the functions; where exp is needed it stands in the chunk's t. What is left after
 * the last whole vector is done by the functions of {@link Nonlinearities} themselves.
 */
final class SimdValuePasses {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdValuePasses() {}

  /** t = −|x|. */
  static final class NegativeAbsolute implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] t = c.t;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector x = FloatVector.fromArray(S, xs, xo + i);
        x.abs().neg().intoArray(t, i);
      }
    }
  }

  /** t = −c²/2 with c = |x|, cut. */
  static final class HalfSquare implements SimdPass {
    @Override
    public void run(SimdChunk chunk) {
      loop(VectorWidth.wholeVectors(chunk.n), chunk);
    }

    private static void loop(int whole, SimdChunk chunk) {
      float[] xs = chunk.x;
      int xo = chunk.xOffset;
      float[] t = chunk.t;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector c = FloatVector.fromArray(S, xs, xo + i).abs();
        c = c.blend(PHI_LIMIT, c.compare(VectorOperators.GT, PHI_LIMIT));
        c.mul(c).mul(-0.5f).intoArray(t, i);
      }
    }
  }

  /** t = 2|x|. */
  static final class Twice implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] t = c.t;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector a = FloatVector.fromArray(S, xs, xo + i).abs();
        a.add(a).intoArray(t, i);
      }
    }
  }

  /** u = 1 + t. */
  static final class OneMore implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
    }

    private static void loop(int whole, SimdChunk c) {
      float[] t = c.t;
      float[] u = c.u;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector.fromArray(S, t, i).add(1f).intoArray(u, i);
      }
    }
  }

  /** x &gt; 0 ? x : slope · x. */
  static final class LeakyRelu implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        float x = c.x[c.xOffset + i];
        c.out[c.outOffset + i] = x > 0 ? x : c.parameter * x;
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] out = c.out;
      int oo = c.outOffset;
      float slope = c.parameter;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector x = FloatVector.fromArray(S, xs, xo + i);
        x.mul(slope).blend(x, x.compare(VectorOperators.GT, 0f)).intoArray(out, oo + i);
      }
    }
  }

  /** ELU, with t = exp(x). */
  static final class Elu implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        c.out[c.outOffset + i] = Nonlinearities.elu(c.x[c.xOffset + i], c.parameter);
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] t = c.t;
      float[] out = c.out;
      int oo = c.outOffset;
      float alpha = c.parameter;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector x = FloatVector.fromArray(S, xs, xo + i);
        FloatVector p = x.fma(FloatVector.broadcast(S, M6), FloatVector.broadcast(S, M5));
        p = p.fma(x, FloatVector.broadcast(S, M4));
        p = p.fma(x, FloatVector.broadcast(S, M3));
        p = p.fma(x, FloatVector.broadcast(S, M2));
        FloatVector small = x.mul(x).fma(p, x);
        FloatVector low = FloatVector.fromArray(S, t, i).sub(1f);
        low = low.blend(small, x.compare(VectorOperators.GT, ELU_SMALL)).mul(alpha);
        low.blend(x, x.compare(VectorOperators.GT, 0f)).intoArray(out, oo + i);
      }
    }
  }

  /** Sigmoid, with t = exp(−|x|). */
  static final class Sigmoid implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        c.out[c.outOffset + i] = Nonlinearities.sigmoid(c.x[c.xOffset + i]);
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] t = c.t;
      float[] out = c.out;
      int oo = c.outOffset;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector x = FloatVector.fromArray(S, xs, xo + i);
        FloatVector e = FloatVector.fromArray(S, t, i);
        VectorMask<Float> high = x.compare(VectorOperators.GE, 0f);
        e.blend(1f, high).div(e.add(1f)).intoArray(out, oo + i);
      }
    }
  }

  /** tanh, with t = exp(2|x|). */
  static final class Tanh implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        c.out[c.outOffset + i] = Nonlinearities.tanh(c.x[c.xOffset + i]);
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] t = c.t;
      float[] out = c.out;
      int oo = c.outOffset;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector x = FloatVector.fromArray(S, xs, xo + i);
        FloatVector e = FloatVector.fromArray(S, t, i);
        FloatVector a = x.abs();
        FloatVector z = x.mul(x);
        FloatVector p = z.fma(FloatVector.broadcast(S, T11), FloatVector.broadcast(S, T9));
        p = p.fma(z, FloatVector.broadcast(S, T7));
        p = p.fma(z, FloatVector.broadcast(S, T5));
        p = p.fma(z, FloatVector.broadcast(S, T3));
        FloatVector small = z.mul(a).fma(p, a);
        FloatVector large =
            FloatVector.broadcast(S, 1f).sub(FloatVector.broadcast(S, 2f).div(e.add(1f)));
        IntVector bits = large.blend(small, a.lt(TANH_SMALL)).reinterpretAsInts();
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        bits.and(Integer.MAX_VALUE).or(sign).reinterpretAsFloats().intoArray(out, oo + i);
      }
    }
  }

  /** Softplus, with t = exp(−|x|) and u = log(1 + t). */
  static final class Softplus implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        c.out[c.outOffset + i] = Nonlinearities.softplus(c.x[c.xOffset + i]);
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] t = c.t;
      float[] u = c.u;
      float[] out = c.out;
      int oo = c.outOffset;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector x = FloatVector.fromArray(S, xs, xo + i);
        FloatVector e = FloatVector.fromArray(S, t, i);
        FloatVector one = e.add(1f);
        FloatVector rest = e.sub(one.sub(1f)).div(one);
        FloatVector log = FloatVector.fromArray(S, u, i).add(rest);
        FloatVector.broadcast(S, 0f)
            .blend(x, x.compare(VectorOperators.GT, 0f))
            .add(log)
            .intoArray(out, oo + i);
      }
    }
  }
}
