package dev.lanewise.kernel.loss;

import static dev.lanewise.kernel.loss.Softmax.FLUSH_GRADIENT;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops over one row: whole vectors, then one masked vector.
 *
 * <p>No helper returns a vector, however small: C2 inlines it only where it finds the call hot.
 */
final class SimdSoftmaxLoops {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdSoftmaxLoops() {}

  /** e = x − max; what pads the row is exponentiated for nothing, and never read. */
  static void subtract(SimdSoftmaxRows rows, int i) {
    int n = rows.n;
    float[] x = rows.in;
    int xAt = rows.inAt + i * rows.ldIn;
    float[] e = rows.e;
    int eAt = i * rows.ldE;
    FloatVector max = FloatVector.broadcast(S, rows.max[i]);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector.fromArray(S, x, xAt + j).sub(max).intoArray(e, eAt + j);
    }
    if (j < n) {
      VectorMask<Float> present = S.indexInRange(j, n);
      FloatVector.fromArray(S, x, xAt + j, present).sub(max).intoArray(e, eAt + j);
    }
  }

  /** y = e / sum. */
  static void divide(SimdSoftmaxRows rows, int i) {
    int n = rows.n;
    float[] e = rows.e;
    int eAt = i * rows.ldE;
    float[] y = rows.out;
    int yAt = rows.outAt + i * rows.ldOut;
    FloatVector sum = FloatVector.broadcast(S, rows.sum[i]);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector.fromArray(S, e, eAt + j).div(sum).intoArray(y, yAt + j);
    }
    if (j < n) {
      VectorMask<Float> present = S.indexInRange(j, n);
      FloatVector.fromArray(S, e, eAt + j, present).div(sum).intoArray(y, yAt + j, present);
    }
  }

  /** y = (x − max) − log. */
  static void shift(SimdSoftmaxRows rows, int i) {
    int n = rows.n;
    float[] x = rows.in;
    int xAt = rows.inAt + i * rows.ldIn;
    float[] y = rows.out;
    int yAt = rows.outAt + i * rows.ldOut;
    FloatVector max = FloatVector.broadcast(S, rows.max[i]);
    FloatVector log = FloatVector.broadcast(S, rows.log[i]);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector.fromArray(S, x, xAt + j).sub(max).sub(log).intoArray(y, yAt + j);
    }
    if (j < n) {
      VectorMask<Float> present = S.indexInRange(j, n);
      FloatVector.fromArray(S, x, xAt + j, present)
          .sub(max)
          .sub(log)
          .intoArray(y, yAt + j, present);
    }
  }

  /** d = flush(e / sum · scale), the gradient where the target is 0. */
  static void gradient(SimdSoftmaxRows rows, int i) {
    int n = rows.n;
    float[] e = rows.e;
    int eAt = i * rows.ldE;
    float[] d = rows.out;
    int dAt = rows.outAt + i * rows.ldOut;
    FloatVector sum = FloatVector.broadcast(S, rows.sum[i]);
    FloatVector scale = FloatVector.broadcast(S, rows.scale);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector gradient = FloatVector.fromArray(S, e, eAt + j).div(sum).mul(scale);
      gradient.blend(0f, gradient.abs().lt(FLUSH_GRADIENT)).intoArray(d, dAt + j);
    }
    if (j < n) {
      VectorMask<Float> present = S.indexInRange(j, n);
      FloatVector gradient = FloatVector.fromArray(S, e, eAt + j, present).div(sum).mul(scale);
      gradient.blend(0f, gradient.abs().lt(FLUSH_GRADIENT)).intoArray(d, dAt + j, present);
    }
  }

  /** d = flush((e / sum − t) · scale). */
  static void targetGradient(SimdSoftmaxRows rows, int i) {
    int n = rows.n;
    float[] e = rows.e;
    int eAt = i * rows.ldE;
    float[] t = rows.other;
    int tAt = rows.otherAt + i * rows.ldOther;
    float[] d = rows.out;
    int dAt = rows.outAt + i * rows.ldOut;
    FloatVector sum = FloatVector.broadcast(S, rows.sum[i]);
    FloatVector scale = FloatVector.broadcast(S, rows.scale);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector p = FloatVector.fromArray(S, e, eAt + j).div(sum);
      FloatVector gradient = p.sub(FloatVector.fromArray(S, t, tAt + j)).mul(scale);
      gradient.blend(0f, gradient.abs().lt(FLUSH_GRADIENT)).intoArray(d, dAt + j);
    }
    if (j < n) {
      VectorMask<Float> present = S.indexInRange(j, n);
      FloatVector p = FloatVector.fromArray(S, e, eAt + j, present).div(sum);
      FloatVector gradient = p.sub(FloatVector.fromArray(S, t, tAt + j, present)).mul(scale);
      gradient.blend(0f, gradient.abs().lt(FLUSH_GRADIENT)).intoArray(d, dAt + j, present);
    }
  }

  /** terms = t == 0 ? +0 : t · (log − (x − max)). */
  static void terms(SimdSoftmaxRows rows, int i) {
    int n = rows.n;
    float[] x = rows.in;
    int xAt = rows.inAt + i * rows.ldIn;
    float[] t = rows.other;
    int tAt = rows.otherAt + i * rows.ldOther;
    float[] terms = rows.terms;
    int termsAt = i * rows.ldE;
    FloatVector max = FloatVector.broadcast(S, rows.max[i]);
    FloatVector log = FloatVector.broadcast(S, rows.log[i]);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector target = FloatVector.fromArray(S, t, tAt + j);
      FloatVector term = target.mul(log.sub(FloatVector.fromArray(S, x, xAt + j).sub(max)));
      term.blend(0f, target.eq(0f)).intoArray(terms, termsAt + j);
    }
    if (j < n) {
      VectorMask<Float> present = S.indexInRange(j, n);
      FloatVector target = FloatVector.fromArray(S, t, tAt + j, present);
      FloatVector term =
          target.mul(log.sub(FloatVector.fromArray(S, x, xAt + j, present).sub(max)));
      term.blend(0f, target.eq(0f)).intoArray(terms, termsAt + j);
    }
  }

  /** dx = y · (dy − dot). */
  static void softmaxGradient(SimdSoftmaxRows rows, int i) {
    int n = rows.n;
    float[] y = rows.in;
    int yAt = rows.inAt + i * rows.ldIn;
    float[] dy = rows.other;
    int dyAt = rows.otherAt + i * rows.ldOther;
    float[] dx = rows.out;
    int dxAt = rows.outAt + i * rows.ldOut;
    FloatVector dot = FloatVector.broadcast(S, rows.sum[i]);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector.fromArray(S, y, yAt + j)
          .mul(FloatVector.fromArray(S, dy, dyAt + j).sub(dot))
          .intoArray(dx, dxAt + j);
    }
    if (j < n) {
      VectorMask<Float> present = S.indexInRange(j, n);
      FloatVector.fromArray(S, y, yAt + j, present)
          .mul(FloatVector.fromArray(S, dy, dyAt + j, present).sub(dot))
          .intoArray(dx, dxAt + j, present);
    }
  }

  /** dx = dy − exp(y) · sum. */
  static void logGradient(SimdSoftmaxRows rows, int i) {
    int n = rows.n;
    float[] e = rows.e;
    int eAt = i * rows.ldE;
    float[] dy = rows.other;
    int dyAt = rows.otherAt + i * rows.ldOther;
    float[] dx = rows.out;
    int dxAt = rows.outAt + i * rows.ldOut;
    FloatVector sum = FloatVector.broadcast(S, rows.sum[i]);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector.fromArray(S, e, eAt + j)
          .neg()
          .fma(sum, FloatVector.fromArray(S, dy, dyAt + j))
          .intoArray(dx, dxAt + j);
    }
    if (j < n) {
      VectorMask<Float> present = S.indexInRange(j, n);
      FloatVector.fromArray(S, e, eAt + j, present)
          .neg()
          .fma(sum, FloatVector.fromArray(S, dy, dyAt + j, present))
          .intoArray(dx, dxAt + j, present);
    }
  }

  /** A gradient too small to keep becomes +0. */
  static float flush(float d) {
    return Math.abs(d) < FLUSH_GRADIENT ? 0f : d;
  }
}
