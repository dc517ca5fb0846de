package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.update.UpdateArguments.kept;

import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.kernel.update.SimdUpdateJob.Rule;

/**
 * Optimizer updates with the Vector API. Each method checks its arguments, and gives what they are
 * to one loop, at once or divided over the team.
 */
public final class SimdUpdate implements Update {
  private static final float[] NONE = {};
  private static final Moments NO_MOMENTS = new Moments(0, 0, 0, 0, 0, 0);

  private final Team team;
  private final Recycler<SimdUpdateJob> jobs = new Recycler<>(SimdUpdateJob::new);

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
  public void sgd(int n, float[] w, int offset, float[] g, int gOffset, float rate, float decay) {
    UpdateArguments.gradient(n, w, offset, g, gOffset);
    run(Rule.SGD, n, w, offset, g, gOffset, NONE, NONE, NONE, NO_MOMENTS, rate, decay, 0, 0, 0, 0);
  }

  @Override
  public void momentum(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] v,
      float inner,
      float momentum,
      float outer,
      boolean nesterov,
      float decay,
      float flush) {
    UpdateArguments.state(n, w, offset, g, gOffset, "v", v);
    Rule rule = nesterov ? Rule.NESTEROV : Rule.MOMENTUM;
    run(
        rule,
        n,
        w,
        offset,
        g,
        gOffset,
        v,
        NONE,
        NONE,
        NO_MOMENTS,
        inner,
        momentum,
        outer,
        decay,
        flush,
        0);
  }

  @Override
  public void adagrad(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] a,
      float rate,
      float inside,
      float outside,
      float decay,
      float flush) {
    UpdateArguments.state(n, w, offset, g, gOffset, "a", a);
    run(
        Rule.ADAGRAD,
        n,
        w,
        offset,
        g,
        gOffset,
        a,
        NONE,
        NONE,
        NO_MOMENTS,
        rate,
        inside,
        outside,
        decay,
        flush,
        0);
  }

  @Override
  public void adadelta(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] a,
      float[] x,
      Moments moments,
      float rate,
      float epsilon,
      float decay) {
    Check.given("moments", moments);
    UpdateArguments.states(n, w, offset, g, gOffset, "a", a, "x", x);
    run(
        Rule.ADADELTA,
        n,
        w,
        offset,
        g,
        gOffset,
        a,
        x,
        NONE,
        moments,
        rate,
        epsilon,
        decay,
        0,
        0,
        0);
  }

  @Override
  public void rmsprop(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
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
    Check.given("moments", moments);
    UpdateArguments.rmsprop(n, w, offset, g, gOffset, v, mean, b);
    Rule rule =
        kept(mean)
            ? (kept(b) ? Rule.RMSPROP_CENTERED_MOMENTUM : Rule.RMSPROP_CENTERED)
            : (kept(b) ? Rule.RMSPROP_MOMENTUM : Rule.RMSPROP);
    run(
        rule, n, w, offset, g, gOffset, v, mean, b, moments, inner, momentum, outer, inside,
        outside, decay);
  }

  @Override
  public void adam(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      float[] v,
      float[] h,
      Moments moments,
      float alpha,
      float epsilon,
      float decay) {
    Check.given("moments", moments);
    UpdateArguments.adam(n, w, offset, g, gOffset, m, v, h);
    Rule rule = kept(h) ? Rule.AMSGRAD : Rule.ADAM;
    run(rule, n, w, offset, g, gOffset, m, v, h, moments, alpha, epsilon, decay, 0, 0, 0);
  }

  @Override
  public void adamax(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      float[] u,
      Moments moments,
      float alpha,
      float inside,
      float outside,
      float decay) {
    Check.given("moments", moments);
    UpdateArguments.states(n, w, offset, g, gOffset, "m", m, "u", u);
    run(
        Rule.ADAMAX,
        n,
        w,
        offset,
        g,
        gOffset,
        m,
        u,
        NONE,
        moments,
        alpha,
        inside,
        outside,
        decay,
        0,
        0);
  }

  @Override
  public void nadam(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      float[] v,
      Moments moments,
      float onMoment,
      float onGradient,
      float epsilon,
      float decay) {
    Check.given("moments", moments);
    UpdateArguments.states(n, w, offset, g, gOffset, "m", m, "v", v);
    run(
        Rule.NADAM,
        n,
        w,
        offset,
        g,
        gOffset,
        m,
        v,
        NONE,
        moments,
        onMoment,
        onGradient,
        epsilon,
        decay,
        0,
        0);
  }

  @Override
  public void ftrl(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] a,
      float[] z,
      float perRate,
      float l1,
      float l2,
      float shrinkage,
      float flushMean,
      float flushSquare) {
    UpdateArguments.states(n, w, offset, g, gOffset, "a", a, "z", z);
    run(
        Rule.FTRL,
        n,
        w,
        offset,
        g,
        gOffset,
        a,
        z,
        NONE,
        NO_MOMENTS,
        perRate,
        l1,
        l2,
        shrinkage,
        flushMean,
        flushSquare);
  }

  @Override
  public void lion(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      Moments moments,
      float rate,
      float decay) {
    Check.given("moments", moments);
    UpdateArguments.state(n, w, offset, g, gOffset, "m", m);
    run(Rule.LION, n, w, offset, g, gOffset, m, NONE, NONE, moments, rate, decay, 0, 0, 0, 0);
  }

  @Override
  public void decay(int n, float[] w, int offset, float amount) {
    UpdateArguments.weights(n, w, offset);
    run(Rule.DECAY, n, w, offset, NONE, 0, NONE, NONE, NONE, NO_MOMENTS, amount, 0, 0, 0, 0, 0);
  }

  @Override
  public void average(
      int n,
      float[] average,
      int averageOffset,
      float[] w,
      int offset,
      float share,
      float oneMinusShare,
      float flush) {
    UpdateArguments.average(n, average, averageOffset, w, offset);
    run(
        Rule.AVERAGE,
        n,
        average,
        averageOffset,
        w,
        offset,
        NONE,
        NONE,
        NONE,
        NO_MOMENTS,
        share,
        oneMinusShare,
        flush,
        0,
        0,
        0);
  }

  private void run(
      Rule rule,
      int n,
      float[] w,
      int wo,
      float[] g,
      int go,
      float[] s1,
      float[] s2,
      float[] s3,
      Moments moments,
      float p1,
      float p2,
      float p3,
      float p4,
      float p5,
      float p6) {
    if (RangeJob.alone(team, n)) {
      SimdUpdateJob.loop(rule, n, w, wo, g, go, s1, s2, s3, moments, p1, p2, p3, p4, p5, p6);
      return;
    }
    SimdUpdateJob job = jobs.take();
    job.set(rule, w, wo, g, go, s1, s2, s3, moments, p1, p2, p3, p4, p5, p6);
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }
}
