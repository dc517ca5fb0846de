package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.support.VectorWidth.LANES;
import static dev.lanewise.kernel.update.SimdState.average;
import static dev.lanewise.kernel.update.SimdState.first;
import static dev.lanewise.kernel.update.SimdState.l2;
import static dev.lanewise.kernel.update.SimdState.mean;
import static dev.lanewise.kernel.update.SimdState.second;
import static dev.lanewise.kernel.update.SimdState.square;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Loops of Adam and its relatives. */
final class SimdAdam {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  private SimdAdam() {}

  static void adam(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      float[] v,
      Moments moments,
      float alpha,
      float epsilon,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector moment = first(FloatVector.fromArray(S, m, wo + i), gradient, moments);
      moment.intoArray(m, wo + i);
      FloatVector squares = second(FloatVector.fromArray(S, v, wo + i), gradient, moments);
      squares.intoArray(v, wo + i);
      old.sub(moment.mul(alpha).div(squares.sqrt().add(epsilon))).intoArray(w, wo + i);
    }
    if (whole < n) {
      adamTail(n, w, wo, g, go, m, v, moments, alpha, epsilon, decay);
    }
  }

  private static void adamTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      float[] v,
      Moments moments,
      float alpha,
      float epsilon,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector moment = first(FloatVector.fromArray(S, m, wo + whole, mask), gradient, moments);
    moment.intoArray(m, wo + whole, mask);
    FloatVector squares = second(FloatVector.fromArray(S, v, wo + whole, mask), gradient, moments);
    squares.intoArray(v, wo + whole, mask);
    old.sub(moment.mul(alpha).div(squares.sqrt().add(epsilon))).intoArray(w, wo + whole, mask);
  }

  static void amsgrad(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      float[] v,
      float[] h,
      Moments moments,
      float alpha,
      float epsilon,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector moment = first(FloatVector.fromArray(S, m, wo + i), gradient, moments);
      moment.intoArray(m, wo + i);
      FloatVector squares = second(FloatVector.fromArray(S, v, wo + i), gradient, moments);
      squares.intoArray(v, wo + i);
      FloatVector largest =
          square(larger(FloatVector.fromArray(S, h, wo + i), squares), moments.flushSquare());
      largest.intoArray(h, wo + i);
      old.sub(moment.mul(alpha).div(largest.sqrt().add(epsilon))).intoArray(w, wo + i);
    }
    if (whole < n) {
      amsgradTail(n, w, wo, g, go, m, v, h, moments, alpha, epsilon, decay);
    }
  }

  private static void amsgradTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      float[] v,
      float[] h,
      Moments moments,
      float alpha,
      float epsilon,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector moment = first(FloatVector.fromArray(S, m, wo + whole, mask), gradient, moments);
    moment.intoArray(m, wo + whole, mask);
    FloatVector squares = second(FloatVector.fromArray(S, v, wo + whole, mask), gradient, moments);
    squares.intoArray(v, wo + whole, mask);
    FloatVector largest =
        square(
            larger(FloatVector.fromArray(S, h, wo + whole, mask), squares), moments.flushSquare());
    largest.intoArray(h, wo + whole, mask);
    old.sub(moment.mul(alpha).div(largest.sqrt().add(epsilon))).intoArray(w, wo + whole, mask);
  }

  static void adamax(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      float[] u,
      Moments moments,
      float alpha,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector moment = first(FloatVector.fromArray(S, m, wo + i), gradient, moments);
      moment.intoArray(m, wo + i);
      FloatVector faded = FloatVector.fromArray(S, u, wo + i).mul(moments.beta2());
      FloatVector size = square(larger(faded, gradient.abs().add(inside)), moments.flushSquare());
      size.intoArray(u, wo + i);
      old.sub(moment.mul(alpha).div(size.add(outside))).intoArray(w, wo + i);
    }
    if (whole < n) {
      adamaxTail(n, w, wo, g, go, m, u, moments, alpha, inside, outside, decay);
    }
  }

  private static void adamaxTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      float[] u,
      Moments moments,
      float alpha,
      float inside,
      float outside,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector moment = first(FloatVector.fromArray(S, m, wo + whole, mask), gradient, moments);
    moment.intoArray(m, wo + whole, mask);
    FloatVector faded = FloatVector.fromArray(S, u, wo + whole, mask).mul(moments.beta2());
    FloatVector size = square(larger(faded, gradient.abs().add(inside)), moments.flushSquare());
    size.intoArray(u, wo + whole, mask);
    old.sub(moment.mul(alpha).div(size.add(outside))).intoArray(w, wo + whole, mask);
  }

  static void nadam(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      float[] v,
      Moments moments,
      float onMoment,
      float onGradient,
      float epsilon,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector moment = first(FloatVector.fromArray(S, m, wo + i), gradient, moments);
      moment.intoArray(m, wo + i);
      FloatVector squares = second(FloatVector.fromArray(S, v, wo + i), gradient, moments);
      squares.intoArray(v, wo + i);
      FloatVector ahead = average(gradient, onGradient, moment, onMoment);
      old.sub(ahead.div(squares.sqrt().add(epsilon))).intoArray(w, wo + i);
    }
    if (whole < n) {
      nadamTail(n, w, wo, g, go, m, v, moments, onMoment, onGradient, epsilon, decay);
    }
  }

  private static void nadamTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      float[] v,
      Moments moments,
      float onMoment,
      float onGradient,
      float epsilon,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector moment = first(FloatVector.fromArray(S, m, wo + whole, mask), gradient, moments);
    moment.intoArray(m, wo + whole, mask);
    FloatVector squares = second(FloatVector.fromArray(S, v, wo + whole, mask), gradient, moments);
    squares.intoArray(v, wo + whole, mask);
    FloatVector ahead = average(gradient, onGradient, moment, onMoment);
    old.sub(ahead.div(squares.sqrt().add(epsilon))).intoArray(w, wo + whole, mask);
  }

  static void lion(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      Moments moments,
      float rate,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector old = FloatVector.fromArray(S, w, wo + i);
      FloatVector gradient = l2(FloatVector.fromArray(S, g, go + i), old, decay);
      FloatVector before = FloatVector.fromArray(S, m, wo + i);
      FloatVector sign = sign(average(before, moments.beta1(), gradient, moments.oneMinusBeta1()));
      FloatVector after = average(before, moments.beta2(), gradient, moments.oneMinusBeta2());
      mean(after, moments.flushMean()).intoArray(m, wo + i);
      sign.fma(FloatVector.broadcast(S, -rate), old).intoArray(w, wo + i);
    }
    if (whole < n) {
      lionTail(n, w, wo, g, go, m, moments, rate, decay);
    }
  }

  private static void lionTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      Moments moments,
      float rate,
      float decay) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector old = FloatVector.fromArray(S, w, wo + whole, mask);
    FloatVector gradient = l2(FloatVector.fromArray(S, g, go + whole, mask), old, decay);
    FloatVector before = FloatVector.fromArray(S, m, wo + whole, mask);
    FloatVector sign = sign(average(before, moments.beta1(), gradient, moments.oneMinusBeta1()));
    FloatVector after = average(before, moments.beta2(), gradient, moments.oneMinusBeta2());
    mean(after, moments.flushMean()).intoArray(m, wo + whole, mask);
    sign.fma(FloatVector.broadcast(S, -rate), old).intoArray(w, wo + whole, mask);
  }

  /** old where it is at least new (and neither is NaN), otherwise new. */
  private static FloatVector larger(FloatVector old, FloatVector now) {
    return now.blend(old, old.compare(VectorOperators.GE, now));
  }

  /** 1 or −1 where x is above or below 0, otherwise x itself: a zero or NaN. */
  private static FloatVector sign(FloatVector x) {
    FloatVector up = x.blend(1f, x.compare(VectorOperators.GT, 0f));
    return up.blend(-1f, x.compare(VectorOperators.LT, 0f));
  }
}
