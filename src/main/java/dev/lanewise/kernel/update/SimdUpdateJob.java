package dev.lanewise.kernel.update;

import dev.lanewise.kernel.parallel.RangeJob;

/**
 * One call's arguments, for the team: the arrays (w what is updated, g what it is updated by, s1 to
 * s3 the states) and the numbers p1 to p6, in the order in which the contract's method has them.
 */
final class SimdUpdateJob extends RangeJob {
  private static final float[] NONE = {};

  /** The loops. */
  enum Rule {
    SGD,
    MOMENTUM,
    NESTEROV,
    ADAGRAD,
    ADADELTA,
    RMSPROP,
    RMSPROP_MOMENTUM,
    RMSPROP_CENTERED,
    RMSPROP_CENTERED_MOMENTUM,
    ADAM,
    AMSGRAD,
    ADAMAX,
    NADAM,
    FTRL,
    LION,
    DECAY,
    AVERAGE
  }

  private Rule rule = Rule.SGD;
  private float[] w = NONE;
  private int wo;
  private float[] g = NONE;
  private int go;
  private float[] s1 = NONE;
  private float[] s2 = NONE;
  private float[] s3 = NONE;
  private Moments moments = new Moments(0, 0, 0, 0, 0, 0);
  private float p1;
  private float p2;
  private float p3;
  private float p4;
  private float p5;
  private float p6;

  void set(
      Rule rule,
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
    this.rule = rule;
    this.w = w;
    this.wo = wo;
    this.g = g;
    this.go = go;
    this.s1 = s1;
    this.s2 = s2;
    this.s3 = s3;
    this.moments = moments;
    this.p1 = p1;
    this.p2 = p2;
    this.p3 = p3;
    this.p4 = p4;
    this.p5 = p5;
    this.p6 = p6;
  }

  @Override
  protected void range(int from, int to) {
    loop(rule, to - from, w, wo + from, g, go + from, s1, s2, s3, moments, p1, p2, p3, p4, p5, p6);
  }

  @Override
  protected void clear() {
    w = NONE;
    g = NONE;
    s1 = NONE;
    s2 = NONE;
    s3 = NONE;
  }

  /** Runs a rule's loop over a stretch. */
  static void loop(
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
    switch (rule) {
      case SGD -> SimdDescent.sgd(n, w, wo, g, go, p1, p2);
      case MOMENTUM -> SimdDescent.momentum(n, w, wo, g, go, s1, p1, p2, p3, p4, p5);
      case NESTEROV -> SimdDescent.nesterov(n, w, wo, g, go, s1, p1, p2, p3, p4, p5);
      case ADAGRAD -> SimdAdagrad.adagrad(n, w, wo, g, go, s1, p1, p2, p3, p4, p5);
      case ADADELTA -> SimdAdagrad.adadelta(n, w, wo, g, go, s1, s2, moments, p1, p2, p3);
      case RMSPROP -> SimdRmsprop.plain(n, w, wo, g, go, s1, moments, p1, p3, p4, p5, p6);
      case RMSPROP_MOMENTUM ->
          SimdRmsprop.momentum(n, w, wo, g, go, s1, s3, moments, p1, p2, p3, p4, p5, p6);
      case RMSPROP_CENTERED ->
          SimdRmsprop.centered(n, w, wo, g, go, s1, s2, moments, p1, p3, p4, p5, p6);
      case RMSPROP_CENTERED_MOMENTUM ->
          SimdRmsprop.centeredMomentum(
              n, w, wo, g, go, s1, s2, s3, moments, p1, p2, p3, p4, p5, p6);
      case ADAM -> SimdAdam.adam(n, w, wo, g, go, s1, s2, moments, p1, p2, p3);
      case AMSGRAD -> SimdAdam.amsgrad(n, w, wo, g, go, s1, s2, s3, moments, p1, p2, p3);
      case ADAMAX -> SimdAdam.adamax(n, w, wo, g, go, s1, s2, moments, p1, p2, p3, p4);
      case NADAM -> SimdAdam.nadam(n, w, wo, g, go, s1, s2, moments, p1, p2, p3, p4);
      case FTRL -> SimdFtrl.ftrl(n, w, wo, g, go, s1, s2, p1, p2, p3, p4, p5, p6);
      case LION -> SimdAdam.lion(n, w, wo, g, go, s1, moments, p1, p2);
      case DECAY -> SimdDescent.decay(n, w, wo, p1);
      case AVERAGE -> SimdDescent.moveAverage(n, w, wo, g, go, p1, p2, p3);
    }
  }
}
