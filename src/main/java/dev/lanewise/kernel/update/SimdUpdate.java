package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.kernel.update.UpdateCall.Loop;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Optimizer updates with the Vector API: one loop a rule. The steps that loops share are tiny, so
 * that C2 inlines them wherever they stand, and select without branches.
 */
public final class SimdUpdate extends CheckedUpdate {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdUpdate(Team team) {
    super(team);
  }

  @Override
  Loop loop(Rule rule) {
    return switch (rule) {
      case SGD -> SimdUpdate::sgd;
      case MOMENTUM -> SimdUpdate::momentum;
      case NESTEROV -> SimdUpdate::nesterov;
      case ADAGRAD -> SimdUpdate::adagrad;
      case ADADELTA -> SimdUpdate::adadelta;
      case RMSPROP -> SimdUpdate::rmsprop;
      case RMSPROP_MOMENTUM -> SimdUpdate::rmspropMomentum;
      case RMSPROP_CENTERED -> SimdUpdate::centered;
      case RMSPROP_CENTERED_MOMENTUM -> SimdUpdate::centeredMomentum;
      case ADAM -> SimdUpdate::adam;
      case AMSGRAD -> SimdUpdate::amsgrad;
      case ADAMAX -> SimdUpdate::adamax;
      case NADAM -> SimdUpdate::nadam;
      case FTRL -> SimdUpdate::ftrl;
      case LION -> SimdUpdate::lion;
      case DECAY -> SimdUpdate::shrink;
      case AVERAGE -> SimdUpdate::moveAverage;
    };
  }

  private static void sgd(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      fma(l2(load(c.g, c.go + i), w, c.p2), -c.p1, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void momentum(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector step = l2(load(c.g, c.go + i), w, c.p4).mul(-c.p1);
      FloatVector v = mean(fma(load(c.s1, c.wo + i), c.p2, step), c.p5);
      v.intoArray(c.s1, c.wo + i);
      fma(v, c.p3, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void nesterov(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector step = l2(load(c.g, c.go + i), w, c.p4).mul(-c.p1);
      FloatVector v = mean(fma(load(c.s1, c.wo + i), c.p2, step), c.p5);
      v.intoArray(c.s1, c.wo + i);
      fma(fma(v, c.p2, step), c.p3, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void adagrad(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p4);
      FloatVector a = square(g.fma(g, load(c.s1, c.wo + i)), c.p5);
      a.intoArray(c.s1, c.wo + i);
      w.sub(g.mul(c.p1).div(a.add(c.p2).sqrt().add(c.p3))).intoArray(c.w, c.wo + i);
    }
  }

  private static void adadelta(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p3);
      FloatVector a = second(load(c.s1, c.wo + i), g, c.moments);
      a.intoArray(c.s1, c.wo + i);
      FloatVector x = load(c.s2, c.wo + i);
      FloatVector d = g.mul(x.add(c.p2).sqrt()).div(a.add(c.p2).sqrt());
      second(x, d, c.moments).intoArray(c.s2, c.wo + i);
      fma(d, -c.p1, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void rmsprop(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p6);
      FloatVector v = second(load(c.s1, c.wo + i), g, c.moments);
      v.intoArray(c.s1, c.wo + i);
      FloatVector step = g.mul(c.p1).div(v.add(c.p4).sqrt().add(c.p5));
      fma(step, -c.p3, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void rmspropMomentum(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p6);
      FloatVector v = second(load(c.s1, c.wo + i), g, c.moments);
      v.intoArray(c.s1, c.wo + i);
      FloatVector step = g.mul(c.p1).div(v.add(c.p4).sqrt().add(c.p5));
      FloatVector b = mean(fma(load(c.s3, c.wo + i), c.p2, step), c.moments.flushMean());
      b.intoArray(c.s3, c.wo + i);
      fma(b, -c.p3, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void centered(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p6);
      FloatVector v = second(load(c.s1, c.wo + i), g, c.moments);
      v.intoArray(c.s1, c.wo + i);
      FloatVector m = first(load(c.s2, c.wo + i), g, c.moments);
      m.intoArray(c.s2, c.wo + i);
      FloatVector step = g.mul(c.p1).div(variance(v, m).add(c.p4).sqrt().add(c.p5));
      fma(step, -c.p3, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void centeredMomentum(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p6);
      FloatVector v = second(load(c.s1, c.wo + i), g, c.moments);
      v.intoArray(c.s1, c.wo + i);
      FloatVector m = first(load(c.s2, c.wo + i), g, c.moments);
      m.intoArray(c.s2, c.wo + i);
      FloatVector step = g.mul(c.p1).div(variance(v, m).add(c.p4).sqrt().add(c.p5));
      FloatVector b = mean(fma(load(c.s3, c.wo + i), c.p2, step), c.moments.flushMean());
      b.intoArray(c.s3, c.wo + i);
      fma(b, -c.p3, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void adam(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p3);
      FloatVector m = first(load(c.s1, c.wo + i), g, c.moments);
      m.intoArray(c.s1, c.wo + i);
      FloatVector v = second(load(c.s2, c.wo + i), g, c.moments);
      v.intoArray(c.s2, c.wo + i);
      w.sub(m.mul(c.p1).div(v.sqrt().add(c.p2))).intoArray(c.w, c.wo + i);
    }
  }

  private static void amsgrad(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p3);
      FloatVector m = first(load(c.s1, c.wo + i), g, c.moments);
      m.intoArray(c.s1, c.wo + i);
      FloatVector v = second(load(c.s2, c.wo + i), g, c.moments);
      v.intoArray(c.s2, c.wo + i);
      FloatVector h = square(larger(load(c.s3, c.wo + i), v), c.moments.flushSquare());
      h.intoArray(c.s3, c.wo + i);
      w.sub(m.mul(c.p1).div(h.sqrt().add(c.p2))).intoArray(c.w, c.wo + i);
    }
  }

  private static void adamax(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p4);
      FloatVector m = first(load(c.s1, c.wo + i), g, c.moments);
      m.intoArray(c.s1, c.wo + i);
      FloatVector faded = load(c.s2, c.wo + i).mul(c.moments.beta2());
      FloatVector u = square(larger(faded, g.abs().add(c.p2)), c.moments.flushSquare());
      u.intoArray(c.s2, c.wo + i);
      w.sub(m.mul(c.p1).div(u.add(c.p3))).intoArray(c.w, c.wo + i);
    }
  }

  private static void nadam(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p4);
      FloatVector m = first(load(c.s1, c.wo + i), g, c.moments);
      m.intoArray(c.s1, c.wo + i);
      FloatVector v = second(load(c.s2, c.wo + i), g, c.moments);
      v.intoArray(c.s2, c.wo + i);
      w.sub(average(g, c.p2, m, c.p1).div(v.sqrt().add(c.p3))).intoArray(c.w, c.wo + i);
    }
  }

  private static void ftrl(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = load(c.g, c.go + i);
      FloatVector before = load(c.s1, c.wo + i);
      FloatVector a = square(g.fma(g, before), c.p6);
      a.intoArray(c.s1, c.wo + i);
      FloatVector pull = a.sqrt().sub(before.sqrt()).mul(c.p1);
      FloatVector z = mean(load(c.s2, c.wo + i).add(pull.neg().fma(w, fma(w, c.p4, g))), c.p5);
      z.intoArray(c.s2, c.wo + i);
      FloatVector scale = fma(a.sqrt(), c.p1, FloatVector.broadcast(S, c.p3));
      solve(z, c.p2, scale).intoArray(c.w, c.wo + i);
    }
  }

  private static void lion(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      FloatVector g = l2(load(c.g, c.go + i), w, c.p2);
      FloatVector m = load(c.s1, c.wo + i);
      FloatVector direction = average(m, c.moments.beta1(), g, c.moments.oneMinusBeta1());
      FloatVector after = average(m, c.moments.beta2(), g, c.moments.oneMinusBeta2());
      mean(after, c.moments.flushMean()).intoArray(c.s1, c.wo + i);
      fma(sign(direction), -c.p1, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void shrink(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      FloatVector w = load(c.w, c.wo + i);
      fma(w, -c.p1, w).intoArray(c.w, c.wo + i);
    }
  }

  private static void moveAverage(UpdateCall c, int from, int to) {
    for (int i = from; i < to; i += LANES) {
      mean(average(load(c.w, c.wo + i), c.p1, load(c.g, c.go + i), c.p2), c.p3)
          .intoArray(c.w, c.wo + i);
    }
  }

  /** The gradient with its L2 term. */
  private static FloatVector l2(FloatVector g, FloatVector w, float decay) {
    FloatVector factor = FloatVector.broadcast(S, decay);
    return g.blend(w.fma(factor, g), factor.compare(VectorOperators.NE, 0f));
  }

  /** A new mean. */
  private static FloatVector first(FloatVector old, FloatVector x, Moments by) {
    return mean(average(old, by.beta1(), x, by.oneMinusBeta1()), by.flushMean());
  }

  /** A new mean square. */
  private static FloatVector second(FloatVector old, FloatVector x, Moments by) {
    return square(average(old, by.beta2(), x.mul(x), by.oneMinusBeta2()), by.flushSquare());
  }

  /** fma(rest, x, share · old). */
  private static FloatVector average(FloatVector old, float share, FloatVector x, float rest) {
    return x.fma(FloatVector.broadcast(S, rest), old.mul(share));
  }

  private static FloatVector mean(FloatVector s, float threshold) {
    return s.blend(0f, s.abs().compare(VectorOperators.LT, threshold));
  }

  private static FloatVector square(FloatVector s, float threshold) {
    return s.blend(0f, s.compare(VectorOperators.LT, threshold));
  }

  /** fma(factor, x, y). */
  private static FloatVector fma(FloatVector x, float factor, FloatVector y) {
    return x.fma(FloatVector.broadcast(S, factor), y);
  }

  /** What the squares hold beyond the mean's square, not below 0. */
  private static FloatVector variance(FloatVector squares, FloatVector average) {
    FloatVector difference = average.neg().fma(average, squares);
    return difference.blend(0f, difference.compare(VectorOperators.LT, 0f));
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

  /** The weight that a linear state stands for: +0 within l1. */
  private static FloatVector solve(FloatVector z, float l1, FloatVector scale) {
    FloatVector bound = FloatVector.broadcast(S, l1).blend(-l1, z.compare(VectorOperators.LT, 0f));
    return bound.sub(z).div(scale).blend(0f, z.abs().compare(VectorOperators.LE, l1));
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(S, array, at);
  }
}
