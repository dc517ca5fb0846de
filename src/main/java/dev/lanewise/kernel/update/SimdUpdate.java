package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Optimizer updates with the Vector API. */
public final class SimdUpdate implements Update {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final float[] NONE = {};

  private final Team team;
  private final Recycler<Job> jobs = new Recycler<>(Job::new);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdUpdate(Team team) {
    VectorWidth.require();
    this.team = team;
  }

  @Override
  public int vectorBits() {
    return VectorWidth.BITS;
  }

  @Override
  public int threads() {
    return team.size();
  }

  @Override
  public void sgd(int n, float[] w, int wOffset, float[] g, int gOffset, float learningRate) {
    UpdateArguments.sgd(n, w, wOffset, g, gOffset);
    if (RangeJob.alone(team, n)) {
      descend(n, w, wOffset, g, gOffset, learningRate);
      return;
    }
    Job job = jobs.take();
    job.set(Rule.SGD, w, wOffset, g, gOffset);
    job.rate = learningRate;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  @Override
  public void momentum(
      int n,
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset,
      float learningRate,
      float momentum,
      boolean nesterov,
      float flush) {
    UpdateArguments.momentum(n, w, wOffset, g, gOffset, v, vOffset);
    if (RangeJob.alone(team, n)) {
      if (nesterov) {
        lookAhead(n, w, wOffset, g, gOffset, v, vOffset, learningRate, momentum, flush);
      } else {
        roll(n, w, wOffset, g, gOffset, v, vOffset, learningRate, momentum, flush);
      }
      return;
    }
    Job job = jobs.take();
    job.set(nesterov ? Rule.NESTEROV : Rule.MOMENTUM, w, wOffset, g, gOffset);
    job.v = v;
    job.vOffset = vOffset;
    job.rate = learningRate;
    job.share1 = momentum;
    job.flush1 = flush;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  @Override
  public void adam(
      int n,
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] m,
      int mOffset,
      float[] v,
      int vOffset,
      float alpha,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float epsilon,
      float flushMean,
      float flushSquare) {
    UpdateArguments.adam(n, w, wOffset, g, gOffset, m, mOffset, v, vOffset);
    if (RangeJob.alone(team, n)) {
      adapt(
          n,
          w,
          wOffset,
          g,
          gOffset,
          m,
          mOffset,
          v,
          vOffset,
          alpha,
          beta1,
          oneMinusBeta1,
          beta2,
          oneMinusBeta2,
          epsilon,
          flushMean,
          flushSquare);
      return;
    }
    Job job = jobs.take();
    job.set(Rule.ADAM, w, wOffset, g, gOffset);
    job.m = m;
    job.mOffset = mOffset;
    job.v = v;
    job.vOffset = vOffset;
    job.rate = alpha;
    job.share1 = beta1;
    job.rest1 = oneMinusBeta1;
    job.share2 = beta2;
    job.rest2 = oneMinusBeta2;
    job.epsilon = epsilon;
    job.flush1 = flushMean;
    job.flush2 = flushSquare;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  private static void descend(int n, float[] w, int wo, float[] g, int go, float rate) {
    FloatVector down = FloatVector.broadcast(S, -rate);
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(S, g, go + i)
          .fma(down, FloatVector.fromArray(S, w, wo + i))
          .intoArray(w, wo + i);
    }
    if (whole < n) {
      descendTail(n, w, wo, g, go, rate);
    }
  }

  private static void descendTail(int n, float[] w, int wo, float[] g, int go, float rate) {
    int whole = VectorWidth.wholeVectors(n);
    FloatVector down = FloatVector.broadcast(S, -rate);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector.fromArray(S, g, go + whole, mask)
        .fma(down, FloatVector.fromArray(S, w, wo + whole, mask))
        .intoArray(w, wo + whole, mask);
  }

  private static void roll(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      int vo,
      float rate,
      float momentum,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector step = FloatVector.fromArray(S, g, go + i).mul(-rate);
      FloatVector velocity =
          mean(follow(FloatVector.fromArray(S, v, vo + i), momentum, step), flush);
      velocity.intoArray(v, vo + i);
      FloatVector.fromArray(S, w, wo + i).add(velocity).intoArray(w, wo + i);
    }
    if (whole < n) {
      rollTail(n, w, wo, g, go, v, vo, rate, momentum, flush);
    }
  }

  private static void rollTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      int vo,
      float rate,
      float momentum,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector step = FloatVector.fromArray(S, g, go + whole, mask).mul(-rate);
    FloatVector velocity =
        mean(follow(FloatVector.fromArray(S, v, vo + whole, mask), momentum, step), flush);
    velocity.intoArray(v, vo + whole, mask);
    FloatVector.fromArray(S, w, wo + whole, mask).add(velocity).intoArray(w, wo + whole, mask);
  }

  private static void lookAhead(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      int vo,
      float rate,
      float momentum,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector step = FloatVector.fromArray(S, g, go + i).mul(-rate);
      FloatVector velocity =
          mean(follow(FloatVector.fromArray(S, v, vo + i), momentum, step), flush);
      velocity.intoArray(v, vo + i);
      FloatVector.fromArray(S, w, wo + i)
          .add(follow(velocity, momentum, step))
          .intoArray(w, wo + i);
    }
    if (whole < n) {
      lookAheadTail(n, w, wo, g, go, v, vo, rate, momentum, flush);
    }
  }

  private static void lookAheadTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] v,
      int vo,
      float rate,
      float momentum,
      float flush) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector step = FloatVector.fromArray(S, g, go + whole, mask).mul(-rate);
    FloatVector velocity =
        mean(follow(FloatVector.fromArray(S, v, vo + whole, mask), momentum, step), flush);
    velocity.intoArray(v, vo + whole, mask);
    FloatVector.fromArray(S, w, wo + whole, mask)
        .add(follow(velocity, momentum, step))
        .intoArray(w, wo + whole, mask);
  }

  private static void adapt(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo,
      float alpha,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float epsilon,
      float flushMean,
      float flushSquare) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector gradient = FloatVector.fromArray(S, g, go + i);
      FloatVector first =
          mean(
              average(FloatVector.fromArray(S, m, mo + i), beta1, gradient, oneMinusBeta1),
              flushMean);
      FloatVector second =
          square(
              average(
                  FloatVector.fromArray(S, v, vo + i),
                  beta2,
                  gradient.mul(gradient),
                  oneMinusBeta2),
              flushSquare);
      first.intoArray(m, mo + i);
      second.intoArray(v, vo + i);
      FloatVector.fromArray(S, w, wo + i)
          .sub(first.mul(alpha).div(second.sqrt().add(epsilon)))
          .intoArray(w, wo + i);
    }
    if (whole < n) {
      adaptTail(
          n,
          w,
          wo,
          g,
          go,
          m,
          mo,
          v,
          vo,
          alpha,
          beta1,
          oneMinusBeta1,
          beta2,
          oneMinusBeta2,
          epsilon,
          flushMean,
          flushSquare);
    }
  }

  private static void adaptTail(
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo,
      float alpha,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float epsilon,
      float flushMean,
      float flushSquare) {
    int whole = VectorWidth.wholeVectors(n);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector gradient = FloatVector.fromArray(S, g, go + whole, mask);
    FloatVector first =
        mean(
            average(FloatVector.fromArray(S, m, mo + whole, mask), beta1, gradient, oneMinusBeta1),
            flushMean);
    FloatVector second =
        square(
            average(
                FloatVector.fromArray(S, v, vo + whole, mask),
                beta2,
                gradient.mul(gradient),
                oneMinusBeta2),
            flushSquare);
    first.intoArray(m, mo + whole, mask);
    second.intoArray(v, vo + whole, mask);
    FloatVector.fromArray(S, w, wo + whole, mask)
        .sub(first.mul(alpha).div(second.sqrt().add(epsilon)))
        .intoArray(w, wo + whole, mask);
  }

  /** fma(momentum, velocity, step). */
  private static FloatVector follow(FloatVector velocity, float momentum, FloatVector step) {
    return velocity.fma(FloatVector.broadcast(S, momentum), step);
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

  private enum Rule {
    SGD,
    MOMENTUM,
    NESTEROV,
    ADAM
  }

  /** One call's arguments, for the team. */
  private static final class Job extends RangeJob {
    private Rule rule = Rule.SGD;
    private float[] w = NONE;
    private int wOffset;
    private float[] g = NONE;
    private int gOffset;
    private float[] m = NONE;
    private int mOffset;
    private float[] v = NONE;
    private int vOffset;
    private float rate;
    private float share1;
    private float rest1;
    private float share2;
    private float rest2;
    private float epsilon;
    private float flush1;
    private float flush2;

    private void set(Rule rule, float[] w, int wOffset, float[] g, int gOffset) {
      this.rule = rule;
      this.w = w;
      this.wOffset = wOffset;
      this.g = g;
      this.gOffset = gOffset;
    }

    @Override
    protected void range(int from, int to) {
      int n = to - from;
      int wo = wOffset + from;
      int go = gOffset + from;
      int mo = mOffset + from;
      int vo = vOffset + from;
      switch (rule) {
        case SGD -> descend(n, w, wo, g, go, rate);
        case MOMENTUM -> roll(n, w, wo, g, go, v, vo, rate, share1, flush1);
        case NESTEROV -> lookAhead(n, w, wo, g, go, v, vo, rate, share1, flush1);
        case ADAM ->
            adapt(
                n, w, wo, g, go, m, mo, v, vo, rate, share1, rest1, share2, rest2, epsilon, flush1,
                flush2);
      }
    }

    @Override
    protected void clear() {
      w = NONE;
      g = NONE;
      m = NONE;
      v = NONE;
    }
  }
}
