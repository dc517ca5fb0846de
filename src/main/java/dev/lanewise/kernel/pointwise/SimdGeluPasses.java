package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.math.Nonlinearities.*;
import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.math.Nonlinearities;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The last passes of GELU and its gradient, with t = exp(−c²/2), c = |x| cut. */
final class SimdGeluPasses {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdGeluPasses() {}

  /** x · Φ(x). */
  static final class Value implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        c.out[c.outOffset + i] = Nonlinearities.gelu(c.x[c.xOffset + i]);
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
        FloatVector a = x.abs();
        a = a.blend(PHI_LIMIT, a.compare(VectorOperators.GT, PHI_LIMIT));
        FloatVector e = FloatVector.fromArray(S, t, i);
        FloatVector lost = a.fma(a, a.mul(a).neg());
        FloatVector bell = e.mul(-0.5f).fma(lost, e);
        FloatVector r =
            FloatVector.broadcast(S, 1f)
                .div(a.fma(FloatVector.broadcast(S, PHI_SCALE), FloatVector.broadcast(S, 1f)));
        FloatVector p = r.fma(FloatVector.broadcast(S, P8), FloatVector.broadcast(S, P7));
        p = p.fma(r, FloatVector.broadcast(S, P6));
        p = p.fma(r, FloatVector.broadcast(S, P5));
        p = p.fma(r, FloatVector.broadcast(S, P4));
        p = p.fma(r, FloatVector.broadcast(S, P3));
        p = p.fma(r, FloatVector.broadcast(S, P2));
        p = p.fma(r, FloatVector.broadcast(S, P1));
        p = p.fma(r, FloatVector.broadcast(S, P0));
        FloatVector phi = p.mul(r).mul(bell);
        phi = phi.blend(FloatVector.broadcast(S, 1f).sub(phi), x.compare(VectorOperators.GT, 0f));
        x.mul(phi).intoArray(out, oo + i);
      }
    }
  }

  /** dy · (Φ(x) + x · φ(x)). */
  static final class Slope implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        float dy = c.dy[c.dyOffset + i];
        c.out[c.outOffset + i] = dy * Nonlinearities.geluSlope(c.x[c.xOffset + i]);
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] dys = c.dy;
      int dyo = c.dyOffset;
      float[] t = c.t;
      float[] out = c.out;
      int oo = c.outOffset;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector dy = FloatVector.fromArray(S, dys, dyo + i);
        FloatVector x = FloatVector.fromArray(S, xs, xo + i);
        FloatVector a = x.abs();
        a = a.blend(PHI_LIMIT, a.compare(VectorOperators.GT, PHI_LIMIT));
        FloatVector e = FloatVector.fromArray(S, t, i);
        FloatVector lost = a.fma(a, a.mul(a).neg());
        FloatVector bell = e.mul(-0.5f).fma(lost, e);
        FloatVector r =
            FloatVector.broadcast(S, 1f)
                .div(a.fma(FloatVector.broadcast(S, PHI_SCALE), FloatVector.broadcast(S, 1f)));
        FloatVector p = r.fma(FloatVector.broadcast(S, P8), FloatVector.broadcast(S, P7));
        p = p.fma(r, FloatVector.broadcast(S, P6));
        p = p.fma(r, FloatVector.broadcast(S, P5));
        p = p.fma(r, FloatVector.broadcast(S, P4));
        p = p.fma(r, FloatVector.broadcast(S, P3));
        p = p.fma(r, FloatVector.broadcast(S, P2));
        p = p.fma(r, FloatVector.broadcast(S, P1));
        p = p.fma(r, FloatVector.broadcast(S, P0));
        FloatVector phi = p.mul(r).mul(bell);
        phi = phi.blend(FloatVector.broadcast(S, 1f).sub(phi), x.compare(VectorOperators.GT, 0f));
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        FloatVector signed = a.reinterpretAsInts().or(sign).reinterpretAsFloats();
        FloatVector slope = signed.mul(bell).fma(FloatVector.broadcast(S, NORMAL_DENSITY), phi);
        dy.mul(slope).intoArray(out, oo + i);
      }
    }
  }
}
