package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.support.VectorWidth.LANES;
import static dev.lanewise.kernel.update.SimdState.first;
import static dev.lanewise.kernel.update.SimdState.l2;
import static dev.lanewise.kernel.update.SimdState.mean;
import static dev.lanewise.kernel.update.SimdState.second;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Loops of RMSprop: plain, with momentum, centered, both. */
final class SimdRmsprop {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdRmsprop() {}

  static void plain(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      Moments moments,
      float inner,
      float outer,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector squares = second(FloatVector.fromArray(S, v, wo + i), gradient, moments);
      squares.intoArray(v, wo + i);
      FloatVector step = gradient.mul(inner).div(squares.add(inside).sqrt().add(outside));
      step.fma(FloatVector.broadcast(S, -outer), old).intoArray(w, wo + i);
    }
    if (whole < n) {
      plainTail(n, w, wo, g, go, v, moments, inner, outer, inside, outside, decay);
    }
  }

  private static void plainTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      Moments moments,
      float inner,
      float outer,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector squares = second(FloatVector.fromArray(S, v, wo + whole, mask), gradient, moments);
    squares.intoArray(v, wo + whole, mask);
    FloatVector step = gradient.mul(inner).div(squares.add(inside).sqrt().add(outside));
    step.fma(FloatVector.broadcast(S, -outer), old).intoArray(w, wo + whole, mask);
  }

  static void momentum(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float[] b,
      Moments moments,
      float inner,
      float momentum,
      float outer,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector squares = second(FloatVector.fromArray(S, v, wo + i), gradient, moments);
      squares.intoArray(v, wo + i);
      FloatVector step = gradient.mul(inner).div(squares.add(inside).sqrt().add(outside));
      FloatVector velocity = roll(FloatVector.fromArray(S, b, wo + i), momentum, step, moments);
      velocity.intoArray(b, wo + i);
      velocity.fma(FloatVector.broadcast(S, -outer), old).intoArray(w, wo + i);
    }
    if (whole < n) {
      momentumTail(n, w, wo, g, go, v, b, moments, inner, momentum, outer, inside, outside, decay);
    }
  }

  private static void momentumTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float[] b,
      Moments moments,
      float inner,
      float momentum,
      float outer,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector squares = second(FloatVector.fromArray(S, v, wo + whole, mask), gradient, moments);
    squares.intoArray(v, wo + whole, mask);
    FloatVector step = gradient.mul(inner).div(squares.add(inside).sqrt().add(outside));
    FloatVector velocity =
        roll(FloatVector.fromArray(S, b, wo + whole, mask), momentum, step, moments);
    velocity.intoArray(b, wo + whole, mask);
    velocity.fma(FloatVector.broadcast(S, -outer), old).intoArray(w, wo + whole, mask);
  }

  static void centered(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float[] mean,
      Moments moments,
      float inner,
      float outer,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector squares = second(FloatVector.fromArray(S, v, wo + i), gradient, moments);
      squares.intoArray(v, wo + i);
      FloatVector average = first(FloatVector.fromArray(S, mean, wo + i), gradient, moments);
      average.intoArray(mean, wo + i);
      FloatVector step =
          gradient.mul(inner).div(spread(squares, average).add(inside).sqrt().add(outside));
      step.fma(FloatVector.broadcast(S, -outer), old).intoArray(w, wo + i);
    }
    if (whole < n) {
      centeredTail(n, w, wo, g, go, v, mean, moments, inner, outer, inside, outside, decay);
    }
  }

  private static void centeredTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float[] mean,
      Moments moments,
      float inner,
      float outer,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector squares = second(FloatVector.fromArray(S, v, wo + whole, mask), gradient, moments);
    squares.intoArray(v, wo + whole, mask);
    FloatVector average =
        first(FloatVector.fromArray(S, mean, wo + whole, mask), gradient, moments);
    average.intoArray(mean, wo + whole, mask);
    FloatVector step =
        gradient.mul(inner).div(spread(squares, average).add(inside).sqrt().add(outside));
    step.fma(FloatVector.broadcast(S, -outer), old).intoArray(w, wo + whole, mask);
  }

  static void centeredMomentum(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float[] mean,
      float[] b,
      Moments moments,
      float inner,
      float momentum,
      float outer,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector squares = second(FloatVector.fromArray(S, v, wo + i), gradient, moments);
      squares.intoArray(v, wo + i);
      FloatVector average = first(FloatVector.fromArray(S, mean, wo + i), gradient, moments);
      average.intoArray(mean, wo + i);
      FloatVector step =
          gradient.mul(inner).div(spread(squares, average).add(inside).sqrt().add(outside));
      FloatVector velocity = roll(FloatVector.fromArray(S, b, wo + i), momentum, step, moments);
      velocity.intoArray(b, wo + i);
      velocity.fma(FloatVector.broadcast(S, -outer), old).intoArray(w, wo + i);
    }
    if (whole < n) {
      centeredMomentumTail(
          n, w, wo, g, go, v, mean, b, moments, inner, momentum, outer, inside, outside, decay);
    }
  }

  private static void centeredMomentumTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      float[] mean,
      float[] b,
      Moments moments,
      float inner,
      float momentum,
      float outer,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector squares = second(FloatVector.fromArray(S, v, wo + whole, mask), gradient, moments);
    squares.intoArray(v, wo + whole, mask);
    FloatVector average =
        first(FloatVector.fromArray(S, mean, wo + whole, mask), gradient, moments);
    average.intoArray(mean, wo + whole, mask);
    FloatVector step =
        gradient.mul(inner).div(spread(squares, average).add(inside).sqrt().add(outside));
    FloatVector velocity =
        roll(FloatVector.fromArray(S, b, wo + whole, mask), momentum, step, moments);
    velocity.intoArray(b, wo + whole, mask);
    velocity.fma(FloatVector.broadcast(S, -outer), old).intoArray(w, wo + whole, mask);
  }

  /** What the squares hold beyond the mean's square, not below 0. */
  private static FloatVector spread(FloatVector squares, FloatVector average) {
    FloatVector difference = average.neg().fma(average, squares);
    return difference.blend(0f, difference.compare(VectorOperators.LT, 0f));
  }

  /** A new velocity. */
  private static FloatVector roll(FloatVector old, float momentum, FloatVector step, Moments by) {
    return mean(old.fma(FloatVector.broadcast(S, momentum), step), by.flushMean());
  }
}
