package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.support.VectorWidth.LANES;
import static dev.lanewise.kernel.update.SimdState.average;
import static dev.lanewise.kernel.update.SimdState.l2;
import static dev.lanewise.kernel.update.SimdState.mean;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Loops of gradient descent, with momentum or without, and of what is done to weights alone. */
final class SimdDescent {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdDescent() {}

  static void sgd(int n, float[] w, int wo, float[] g, int go, float rate, float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      gradient.fma(FloatVector.broadcast(S, -rate), old).intoArray(w, wo + i);
    }
    if (whole < n) {
      sgdTail(n, w, wo, g, go, rate, decay);
    }
  }

  private static void sgdTail(
      int n, float[] w, int wo, float[] g, int go, float rate, float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    gradient.fma(FloatVector.broadcast(S, -rate), old).intoArray(w, wo + whole, mask);
  }

  static void momentum(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float inner,
      float momentum,
      float outer,
      float decay,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector step = gradient.mul(-inner);
      FloatVector velocity =
          mean(follow(FloatVector.fromArray(S, v, wo + i), momentum, step), flush);
      velocity.intoArray(v, wo + i);
      follow(velocity, outer, old).intoArray(w, wo + i);
    }
    if (whole < n) {
      momentumTail(n, w, wo, g, go, v, inner, momentum, outer, decay, flush);
    }
  }

  private static void momentumTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float inner,
      float momentum,
      float outer,
      float decay,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector step = gradient.mul(-inner);
    FloatVector velocity =
        mean(follow(FloatVector.fromArray(S, v, wo + whole, mask), momentum, step), flush);
    velocity.intoArray(v, wo + whole, mask);
    follow(velocity, outer, old).intoArray(w, wo + whole, mask);
  }

  static void nesterov(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float inner,
      float momentum,
      float outer,
      float decay,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector step = gradient.mul(-inner);
      FloatVector velocity =
          mean(follow(FloatVector.fromArray(S, v, wo + i), momentum, step), flush);
      velocity.intoArray(v, wo + i);
      follow(follow(velocity, momentum, step), outer, old).intoArray(w, wo + i);
    }
    if (whole < n) {
      nesterovTail(n, w, wo, g, go, v, inner, momentum, outer, decay, flush);
    }
  }

  private static void nesterovTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float inner,
      float momentum,
      float outer,
      float decay,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector step = gradient.mul(-inner);
    FloatVector velocity =
        mean(follow(FloatVector.fromArray(S, v, wo + whole, mask), momentum, step), flush);
    velocity.intoArray(v, wo + whole, mask);
    follow(follow(velocity, momentum, step), outer, old).intoArray(w, wo + whole, mask);
  }

  static void decay(int n, float[] w, int wo, float amount) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      follow(old, -amount, old).intoArray(w, wo + i);
    }
    if (whole < n) {
      decayTail(n, w, wo, amount);
    }
  }

  private static void decayTail(int n, float[] w, int wo, float amount) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    follow(old, -amount, old).intoArray(w, wo + whole, mask);
  }

  static void moveAverage(
      int n, float[] a, int ao, float[] w, int wo, float share, float rest, float flush) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, a, ao + i);
      mean(average(old, share, FloatVector.fromArray(S, w, wo + i), rest), flush)
          .intoArray(a, ao + i);
    }
    if (whole < n) {
      moveAverageTail(n, a, ao, w, wo, share, rest, flush);
    }
  }

  private static void moveAverageTail(
      int n, float[] a, int ao, float[] w, int wo, float share, float rest, float flush) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, a, ao + whole, mask);
    mean(average(old, share, FloatVector.fromArray(S, w, wo + whole, mask), rest), flush)
        .intoArray(a, ao + whole, mask);
  }

  /** fma(factor, x, y). */
  private static FloatVector follow(FloatVector x, float factor, FloatVector y) {
    return x.fma(FloatVector.broadcast(S, factor), y);
  }
}
