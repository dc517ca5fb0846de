package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.support.VectorWidth.LANES;
import static dev.lanewise.kernel.update.SimdState.l2;
import static dev.lanewise.kernel.update.SimdState.second;
import static dev.lanewise.kernel.update.SimdState.square;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** Loops of Adagrad and Adadelta. */
final class SimdAdagrad {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdAdagrad() {}

  static void adagrad(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] a,
      float rate,
      float inside,
      float outside,
      float decay,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector sum = square(gradient.fma(gradient, FloatVector.fromArray(S, a, wo + i)), flush);
      sum.intoArray(a, wo + i);
      old.sub(gradient.mul(rate).div(sum.add(inside).sqrt().add(outside))).intoArray(w, wo + i);
    }
    if (whole < n) {
      adagradTail(n, w, wo, g, go, a, rate, inside, outside, decay, flush);
    }
  }

  private static void adagradTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] a,
      float rate,
      float inside,
      float outside,
      float decay,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector sum =
        square(gradient.fma(gradient, FloatVector.fromArray(S, a, wo + whole, mask)), flush);
    sum.intoArray(a, wo + whole, mask);
    old.sub(gradient.mul(rate).div(sum.add(inside).sqrt().add(outside)))
        .intoArray(w, wo + whole, mask);
  }

  static void adadelta(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] a,
      float[] x,
      Moments moments,
      float rate,
      float epsilon,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector gradients = second(FloatVector.fromArray(S, a, wo + i), gradient, moments);
      gradients.intoArray(a, wo + i);
      FloatVector changes = FloatVector.fromArray(S, x, wo + i);
      FloatVector change =
          gradient.mul(changes.add(epsilon).sqrt()).div(gradients.add(epsilon).sqrt());
      second(changes, change, moments).intoArray(x, wo + i);
      change.fma(FloatVector.broadcast(S, -rate), old).intoArray(w, wo + i);
    }
    if (whole < n) {
      adadeltaTail(n, w, wo, g, go, a, x, moments, rate, epsilon, decay);
    }
  }

  private static void adadeltaTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] a,
      float[] x,
      Moments moments,
      float rate,
      float epsilon,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector gradients =
        second(FloatVector.fromArray(S, a, wo + whole, mask), gradient, moments);
    gradients.intoArray(a, wo + whole, mask);
    FloatVector changes = FloatVector.fromArray(S, x, wo + whole, mask);
    FloatVector change =
        gradient.mul(changes.add(epsilon).sqrt()).div(gradients.add(epsilon).sqrt());
    second(changes, change, moments).intoArray(x, wo + whole, mask);
    change.fma(FloatVector.broadcast(S, -rate), old).intoArray(w, wo + whole, mask);
  }
}
