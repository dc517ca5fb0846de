package dev.lanewise.kernel.softmax;

import dev.lanewise.kernel.support.SimdMath;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The walks over one row that the SIMD twin is made of: small methods of one loop each, since C2
 * keeps vectors in registers only as long as it inlines everything that returns one.
 */
final class SimdSoftmaxRow {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdSoftmaxRow() {}

  /** e = exp(x − max). */
  static void exp(int n, float[] x, int xOffset, float max, float[] e, int eOffset) {
    int whole = VectorWidth.wholeVectors(n);
    for (int j = 0; j < whole; j += L) {
      SimdMath.exp(at(x, xOffset + j).sub(max)).intoArray(e, eOffset + j);
    }
    if (whole < n) {
      expTail(n - whole, x, xOffset + whole, max, e, eOffset + whole);
    }
  }

  private static void expTail(int n, float[] x, int xOffset, float max, float[] e, int eOffset) {
    VectorMask<Float> present = present(n);
    FloatVector v = FloatVector.fromArray(S, x, xOffset, present);
    SimdMath.exp(v.sub(max)).intoArray(e, eOffset, present);
  }

  /** y = y / sum. */
  static void divide(int n, float[] y, int yOffset, float sum) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      at(y, yOffset + j).div(sum).intoArray(y, yOffset + j);
    }
    for (; j < n; j++) {
      y[yOffset + j] /= sum;
    }
  }

  /** y = (x − max) − log. */
  static void shift(int n, float[] x, int xOffset, float max, float log, float[] y, int yOffset) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      at(x, xOffset + j).sub(max).sub(log).intoArray(y, yOffset + j);
    }
    for (; j < n; j++) {
      y[yOffset + j] = (x[xOffset + j] - max) - log;
    }
  }

  /** d = flush(e / sum · scale): the gradient where the target is 0; e and d are one array. */
  static void gradient(int n, float[] d, int dOffset, float sum, float scale) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      flush(at(d, dOffset + j).div(sum).mul(scale)).intoArray(d, dOffset + j);
    }
    for (; j < n; j++) {
      d[dOffset + j] = flush(d[dOffset + j] / sum * scale);
    }
  }

  /** d = flush((e / sum − t) · scale). */
  static void gradient(
      int n,
      float[] e,
      float sum,
      float[] targets,
      int targetsOffset,
      float scale,
      float[] d,
      int dOffset) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector p = at(e, j).div(sum);
      flush(p.sub(at(targets, targetsOffset + j)).mul(scale)).intoArray(d, dOffset + j);
    }
    for (; j < n; j++) {
      d[dOffset + j] = flush((e[j] / sum - targets[targetsOffset + j]) * scale);
    }
  }

  /** terms = t == 0 ? +0 : t · (log − (x − max)). */
  static void terms(
      int n,
      float[] x,
      int xOffset,
      float max,
      float log,
      float[] targets,
      int targetsOffset,
      float[] terms) {
    FloatVector logs = FloatVector.broadcast(S, log);
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      FloatVector t = at(targets, targetsOffset + j);
      FloatVector product = t.mul(logs.sub(at(x, xOffset + j).sub(max)));
      product.blend(0f, t.eq(0f)).intoArray(terms, j);
    }
    for (; j < n; j++) {
      float t = targets[targetsOffset + j];
      terms[j] = t == 0 ? 0f : t * (log - (x[xOffset + j] - max));
    }
  }

  /** dx = y · (dy − dot). */
  static void softmaxGradient(
      int n,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float dot,
      float[] dx,
      int dxOffset) {
    int j = 0;
    for (; j < VectorWidth.wholeVectors(n); j += L) {
      at(y, yOffset + j).mul(at(dy, dyOffset + j).sub(dot)).intoArray(dx, dxOffset + j);
    }
    for (; j < n; j++) {
      dx[dxOffset + j] = y[yOffset + j] * (dy[dyOffset + j] - dot);
    }
  }

  /** dx = dy − exp(y) · sum. */
  static void logSoftmaxGradient(
      int n,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float sum,
      float[] dx,
      int dxOffset) {
    FloatVector sums = FloatVector.broadcast(S, sum);
    int whole = VectorWidth.wholeVectors(n);
    for (int j = 0; j < whole; j += L) {
      FloatVector e = SimdMath.exp(at(y, yOffset + j)).neg();
      e.fma(sums, at(dy, dyOffset + j)).intoArray(dx, dxOffset + j);
    }
    if (whole < n) {
      VectorMask<Float> present = present(n - whole);
      FloatVector e = SimdMath.exp(FloatVector.fromArray(S, y, yOffset + whole, present)).neg();
      e.fma(sums, FloatVector.fromArray(S, dy, dyOffset + whole, present))
          .intoArray(dx, dxOffset + whole, present);
    }
  }

  /** A gradient too small to keep becomes +0. */
  static float flush(float d) {
    return Math.abs(d) < Softmax.FLUSH_GRADIENT ? 0f : d;
  }

  private static FloatVector flush(FloatVector d) {
    return d.blend(0f, d.abs().lt(Softmax.FLUSH_GRADIENT));
  }

  private static FloatVector at(float[] array, int index) {
    return FloatVector.fromArray(S, array, index);
  }

  private static VectorMask<Float> present(int n) {
    return S.indexInRange(0, n);
  }
}
