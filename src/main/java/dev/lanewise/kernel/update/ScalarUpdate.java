package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.math.Fma.fma;

import dev.lanewise.kernel.update.UpdateCall.Loop;

/** Optimizer updates by plain loops: the definition. */
public final class ScalarUpdate extends CheckedUpdate {
  /** Makes the scalar twin. */
  public ScalarUpdate() {
    super(null);
  }

  @Override
  Loop loop(Rule rule) {
    return switch (rule) {
      case SGD -> ScalarUpdate::sgd;
      case MOMENTUM -> ScalarUpdate::momentum;
      case NESTEROV -> ScalarUpdate::nesterov;
      case ADAGRAD -> ScalarUpdate::adagrad;
      case ADADELTA -> ScalarUpdate::adadelta;
      case RMSPROP -> ScalarUpdate::rmsprop;
      case RMSPROP_MOMENTUM -> ScalarUpdate::rmspropMomentum;
      case RMSPROP_CENTERED -> ScalarUpdate::centered;
      case RMSPROP_CENTERED_MOMENTUM -> ScalarUpdate::centeredMomentum;
      case ADAM -> ScalarUpdate::adam;
      case AMSGRAD -> ScalarUpdate::amsgrad;
      case ADAMAX -> ScalarUpdate::adamax;
      case NADAM -> ScalarUpdate::nadam;
      case FTRL -> ScalarUpdate::ftrl;
      case LION -> ScalarUpdate::lion;
      case DECAY -> ScalarUpdate::shrink;
      case AVERAGE -> ScalarUpdate::moveAverage;
    };
  }

  private static void sgd(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      c.w[i] = fma(-c.p1, l2(c.g[j], c.w[i], c.p2), c.w[i]);
    }
  }

  private static void momentum(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float step = -(c.p1 * l2(c.g[j], c.w[i], c.p4));
      c.s1[i] = mean(fma(c.p2, c.s1[i], step), c.p5);
      c.w[i] = fma(c.p3, c.s1[i], c.w[i]);
    }
  }

  private static void nesterov(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float step = -(c.p1 * l2(c.g[j], c.w[i], c.p4));
      c.s1[i] = mean(fma(c.p2, c.s1[i], step), c.p5);
      c.w[i] = fma(c.p3, fma(c.p2, c.s1[i], step), c.w[i]);
    }
  }

  private static void adagrad(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p4);
      c.s1[i] = square(fma(g, g, c.s1[i]), c.p5);
      c.w[i] -= (c.p1 * g) / (root(c.s1[i] + c.p2) + c.p3);
    }
  }

  private static void adadelta(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p3);
      c.s1[i] = second(c.s1[i], g, c.moments);
      float d = (g * root(c.s2[i] + c.p2)) / root(c.s1[i] + c.p2);
      c.s2[i] = second(c.s2[i], d, c.moments);
      c.w[i] = fma(-c.p1, d, c.w[i]);
    }
  }

  private static void rmsprop(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p6);
      c.s1[i] = second(c.s1[i], g, c.moments);
      float step = (c.p1 * g) / (root(c.s1[i] + c.p4) + c.p5);
      c.w[i] = fma(-c.p3, step, c.w[i]);
    }
  }

  private static void rmspropMomentum(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p6);
      c.s1[i] = second(c.s1[i], g, c.moments);
      float step = (c.p1 * g) / (root(c.s1[i] + c.p4) + c.p5);
      c.s3[i] = mean(fma(c.p2, c.s3[i], step), c.moments.flushMean());
      c.w[i] = fma(-c.p3, c.s3[i], c.w[i]);
    }
  }

  private static void centered(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p6);
      c.s1[i] = second(c.s1[i], g, c.moments);
      c.s2[i] = first(c.s2[i], g, c.moments);
      float step = (c.p1 * g) / (root(variance(c.s1[i], c.s2[i]) + c.p4) + c.p5);
      c.w[i] = fma(-c.p3, step, c.w[i]);
    }
  }

  private static void centeredMomentum(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p6);
      c.s1[i] = second(c.s1[i], g, c.moments);
      c.s2[i] = first(c.s2[i], g, c.moments);
      float step = (c.p1 * g) / (root(variance(c.s1[i], c.s2[i]) + c.p4) + c.p5);
      c.s3[i] = mean(fma(c.p2, c.s3[i], step), c.moments.flushMean());
      c.w[i] = fma(-c.p3, c.s3[i], c.w[i]);
    }
  }

  private static void adam(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p3);
      c.s1[i] = first(c.s1[i], g, c.moments);
      c.s2[i] = second(c.s2[i], g, c.moments);
      c.w[i] -= (c.p1 * c.s1[i]) / (root(c.s2[i]) + c.p2);
    }
  }

  private static void amsgrad(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p3);
      c.s1[i] = first(c.s1[i], g, c.moments);
      c.s2[i] = second(c.s2[i], g, c.moments);
      c.s3[i] = square(larger(c.s3[i], c.s2[i]), c.moments.flushSquare());
      c.w[i] -= (c.p1 * c.s1[i]) / (root(c.s3[i]) + c.p2);
    }
  }

  private static void adamax(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p4);
      c.s1[i] = first(c.s1[i], g, c.moments);
      float faded = c.moments.beta2() * c.s2[i];
      c.s2[i] = square(larger(faded, Math.abs(g) + c.p2), c.moments.flushSquare());
      c.w[i] -= (c.p1 * c.s1[i]) / (c.s2[i] + c.p3);
    }
  }

  private static void nadam(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p4);
      c.s1[i] = first(c.s1[i], g, c.moments);
      c.s2[i] = second(c.s2[i], g, c.moments);
      c.w[i] -= fma(c.p1, c.s1[i], c.p2 * g) / (root(c.s2[i]) + c.p3);
    }
  }

  private static void ftrl(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = c.g[j];
      float before = root(c.s1[i]);
      c.s1[i] = square(fma(g, g, c.s1[i]), c.p6);
      float after = root(c.s1[i]);
      float pull = (after - before) * c.p1;
      float z = mean(c.s2[i] + fma(-pull, c.w[i], fma(c.p4, c.w[i], g)), c.p5);
      c.s2[i] = z;
      c.w[i] = solve(z, c.p2, fma(after, c.p1, c.p3));
    }
  }

  private static void lion(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      float g = l2(c.g[j], c.w[i], c.p2);
      float m = c.s1[i];
      float direction = fma(c.moments.oneMinusBeta1(), g, c.moments.beta1() * m);
      float after = fma(c.moments.oneMinusBeta2(), g, c.moments.beta2() * m);
      c.s1[i] = mean(after, c.moments.flushMean());
      c.w[i] = fma(-c.p1, sign(direction), c.w[i]);
    }
  }

  private static void shrink(UpdateCall c, int from, int to) {
    for (int i = c.wo + from; i < c.wo + to; i++) {
      c.w[i] = fma(-c.p1, c.w[i], c.w[i]);
    }
  }

  private static void moveAverage(UpdateCall c, int from, int to) {
    for (int i = c.wo + from, j = c.go + from; i < c.wo + to; i++, j++) {
      c.w[i] = mean(fma(c.p2, c.g[j], c.p1 * c.w[i]), c.p3);
    }
  }

  /** The gradient with its L2 term. */
  private static float l2(float g, float w, float decay) {
    return decay == 0 ? g : fma(decay, w, g);
  }

  /** A new mean. */
  private static float first(float old, float x, Moments by) {
    return mean(fma(by.oneMinusBeta1(), x, by.beta1() * old), by.flushMean());
  }

  /** A new mean square. */
  private static float second(float old, float x, Moments by) {
    return square(fma(by.oneMinusBeta2(), x * x, by.beta2() * old), by.flushSquare());
  }

  private static float root(float x) {
    return (float) Math.sqrt(x);
  }

  private static float mean(float s, float threshold) {
    return Math.abs(s) < threshold ? 0f : s;
  }

  private static float square(float s, float threshold) {
    return s < threshold ? 0f : s;
  }

  /** What the squares hold beyond the mean's square, not below 0. */
  private static float variance(float squares, float average) {
    float difference = fma(-average, average, squares);
    return difference < 0 ? 0f : difference;
  }

  /** old where it is at least now (and neither is NaN), otherwise now. */
  private static float larger(float old, float now) {
    return old >= now ? old : now;
  }

  /** 1 or −1 where x is above or below 0, otherwise x itself: a zero or NaN. */
  private static float sign(float x) {
    return x > 0 ? 1f : x < 0 ? -1f : x;
  }

  /** The weight that a linear state stands for: +0 within l1. */
  private static float solve(float z, float l1, float scale) {
    return Math.abs(z) <= l1 ? 0f : ((z < 0 ? -l1 : l1) - z) / scale;
  }
}
