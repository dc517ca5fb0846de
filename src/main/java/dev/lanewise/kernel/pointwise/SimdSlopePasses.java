package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.math.Nonlinearities;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The passes of the gradients, from the output (in x) or the input. */
final class SimdSlopePasses {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdSlopePasses() {}

  /** y &gt; 0 ? dy : slope · dy. */
  static final class LeakyRelu implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        float y = c.x[c.xOffset + i];
        float dy = c.dy[c.dyOffset + i];
        c.out[c.outOffset + i] = y > 0 ? dy : c.parameter * dy;
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] dys = c.dy;
      int dyo = c.dyOffset;
      float[] out = c.out;
      int oo = c.outOffset;
      float slope = c.parameter;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector y = FloatVector.fromArray(S, xs, xo + i);
        FloatVector dy = FloatVector.fromArray(S, dys, dyo + i);
        dy.mul(slope).blend(dy, y.compare(VectorOperators.GT, 0f)).intoArray(out, oo + i);
      }
    }
  }

  /** y &gt; 0 ? dy : dy · (y + alpha). */
  static final class Elu implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        float y = c.x[c.xOffset + i];
        float dy = c.dy[c.dyOffset + i];
        c.out[c.outOffset + i] = y > 0 ? dy : dy * (y + c.parameter);
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] dys = c.dy;
      int dyo = c.dyOffset;
      float[] out = c.out;
      int oo = c.outOffset;
      float alpha = c.parameter;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector y = FloatVector.fromArray(S, xs, xo + i);
        FloatVector dy = FloatVector.fromArray(S, dys, dyo + i);
        FloatVector low = dy.mul(y.add(alpha));
        low.blend(dy, y.compare(VectorOperators.GT, 0f)).intoArray(out, oo + i);
      }
    }
  }

  /** dy · (y · (1 − y)). */
  static final class Sigmoid implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        float y = c.x[c.xOffset + i];
        float dy = c.dy[c.dyOffset + i];
        c.out[c.outOffset + i] = dy * (y * (1f - y));
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] dys = c.dy;
      int dyo = c.dyOffset;
      float[] out = c.out;
      int oo = c.outOffset;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector y = FloatVector.fromArray(S, xs, xo + i);
        FloatVector dy = FloatVector.fromArray(S, dys, dyo + i);
        dy.mul(y.mul(FloatVector.broadcast(S, 1f).sub(y))).intoArray(out, oo + i);
      }
    }
  }

  /** dy · fma(−y, y, 1). */
  static final class Tanh implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        float y = c.x[c.xOffset + i];
        float dy = c.dy[c.dyOffset + i];
        c.out[c.outOffset + i] = dy * Fma.fma(-y, y, 1f);
      }
    }

    private static void loop(int whole, SimdChunk c) {
      float[] xs = c.x;
      int xo = c.xOffset;
      float[] dys = c.dy;
      int dyo = c.dyOffset;
      float[] out = c.out;
      int oo = c.outOffset;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector y = FloatVector.fromArray(S, xs, xo + i);
        FloatVector dy = FloatVector.fromArray(S, dys, dyo + i);
        dy.mul(y.neg().fma(y, FloatVector.broadcast(S, 1f))).intoArray(out, oo + i);
      }
    }
  }

  /** dy · sigmoid(x), with t = exp(−|x|). */
  static final class Softplus implements SimdPass {
    @Override
    public void run(SimdChunk c) {
      loop(VectorWidth.wholeVectors(c.n), c);
      for (int i = VectorWidth.wholeVectors(c.n); i < c.n; i++) {
        float dy = c.dy[c.dyOffset + i];
        c.out[c.outOffset + i] = dy * Nonlinearities.sigmoid(c.x[c.xOffset + i]);
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
        FloatVector x = FloatVector.fromArray(S, xs, xo + i);
        FloatVector dy = FloatVector.fromArray(S, dys, dyo + i);
        FloatVector e = FloatVector.fromArray(S, t, i);
        VectorMask<Float> high = x.compare(VectorOperators.GE, 0f);
        dy.mul(e.blend(1f, high).div(e.add(1f))).intoArray(out, oo + i);
      }
    }
  }
}
