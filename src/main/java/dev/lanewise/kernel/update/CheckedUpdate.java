package dev.lanewise.kernel.update;

import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.VectorWidth;
import dev.lanewise.kernel.update.UpdateCall.Loop;

/** Checks an update's arguments, and runs the loop that a twin has for its rule. */
abstract class CheckedUpdate extends AbstractKernel<UpdateCall> implements Update {
  /** What a twin has a loop for. */
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

  private static final float[] NONE = {};

  /** A scalar twin. */
  CheckedUpdate() {
    super(() -> new UpdateCall(1));
  }

  /** A SIMD twin. */
  CheckedUpdate(Team team) {
    super(() -> new UpdateCall(VectorWidth.LANES), team);
  }

  /** Returns a rule's loop. */
  abstract Loop loop(Rule rule);

  @Override
  public final void sgd(
      int n, float[] w, int offset, float[] g, int gOffset, float rate, float decay) {
    checkGradient(n, w, offset, g, gOffset);
    UpdateCall call = call(Rule.SGD, w, offset, g, gOffset);
    run(call.numbers(rate, decay, 0, 0, 0, 0), n);
  }

  @Override
  public final void momentum(
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
    checkState(n, w, offset, g, gOffset, "v", v);
    Rule rule = nesterov ? Rule.NESTEROV : Rule.MOMENTUM;
    UpdateCall call = call(rule, w, offset, g, gOffset);
    run(call.states(v, NONE, NONE).numbers(inner, momentum, outer, decay, flush, 0), n);
  }

  @Override
  public final void adagrad(
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
    checkState(n, w, offset, g, gOffset, "a", a);
    UpdateCall call = call(Rule.ADAGRAD, w, offset, g, gOffset);
    run(call.states(a, NONE, NONE).numbers(rate, inside, outside, decay, flush, 0), n);
  }

  @Override
  public final void adadelta(
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
    checkStates(n, w, offset, g, gOffset, "a", a, "x", x);
    UpdateCall call = call(Rule.ADADELTA, w, offset, g, gOffset);
    run(call.states(a, x, NONE).moments(moments).numbers(rate, epsilon, decay, 0, 0, 0), n);
  }

  @Override
  public final void rmsprop(
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
    checkRmsprop(n, w, offset, g, gOffset, v, mean, b);
    Rule rule =
        kept(mean)
            ? (kept(b) ? Rule.RMSPROP_CENTERED_MOMENTUM : Rule.RMSPROP_CENTERED)
            : (kept(b) ? Rule.RMSPROP_MOMENTUM : Rule.RMSPROP);
    UpdateCall call = call(rule, w, offset, g, gOffset);
    run(
        call.states(v, mean, b)
            .moments(moments)
            .numbers(inner, momentum, outer, inside, outside, decay),
        n);
  }

  @Override
  public final void adam(
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
    checkAdam(n, w, offset, g, gOffset, m, v, h);
    Rule rule = kept(h) ? Rule.AMSGRAD : Rule.ADAM;
    UpdateCall call = call(rule, w, offset, g, gOffset);
    run(call.states(m, v, h).moments(moments).numbers(alpha, epsilon, decay, 0, 0, 0), n);
  }

  @Override
  public final void adamax(
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
    checkStates(n, w, offset, g, gOffset, "m", m, "u", u);
    UpdateCall call = call(Rule.ADAMAX, w, offset, g, gOffset);
    run(call.states(m, u, NONE).moments(moments).numbers(alpha, inside, outside, decay, 0, 0), n);
  }

  @Override
  public final void nadam(
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
    checkStates(n, w, offset, g, gOffset, "m", m, "v", v);
    UpdateCall call = call(Rule.NADAM, w, offset, g, gOffset);
    run(
        call.states(m, v, NONE)
            .moments(moments)
            .numbers(onMoment, onGradient, epsilon, decay, 0, 0),
        n);
  }

  @Override
  public final void ftrl(
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
    checkStates(n, w, offset, g, gOffset, "a", a, "z", z);
    UpdateCall call = call(Rule.FTRL, w, offset, g, gOffset);
    run(call.states(a, z, NONE).numbers(perRate, l1, l2, shrinkage, flushMean, flushSquare), n);
  }

  @Override
  public final void lion(
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
    checkState(n, w, offset, g, gOffset, "m", m);
    UpdateCall call = call(Rule.LION, w, offset, g, gOffset);
    run(call.states(m, NONE, NONE).moments(moments).numbers(rate, decay, 0, 0, 0, 0), n);
  }

  @Override
  public final void decay(int n, float[] w, int offset, float amount) {
    checkWeights(n, w, offset);
    UpdateCall call = call(Rule.DECAY, w, offset, NONE, 0);
    run(call.numbers(amount, 0, 0, 0, 0, 0), n);
  }

  @Override
  public final void average(
      int n,
      float[] average,
      int averageOffset,
      float[] w,
      int offset,
      float share,
      float oneMinusShare,
      float flush) {
    checkAverage(n, average, averageOffset, w, offset);
    UpdateCall call = call(Rule.AVERAGE, average, averageOffset, w, offset);
    run(call.numbers(share, oneMinusShare, flush, 0, 0, 0), n);
  }

  private UpdateCall call(Rule rule, float[] w, int offset, float[] g, int gOffset) {
    return take().on(loop(rule), w, offset, g, gOffset);
  }

  private void run(UpdateCall call, int n) {
    run(call, n, Call.ELEMENTS, n);
  }

  private static void checkWeights(int n, float[] w, int offset) {
    Check.atLeast("n", n, 0);
    Check.range("w", w, offset, n);
  }

  private static void checkGradient(int n, float[] w, int offset, float[] g, int gOffset) {
    checkWeights(n, w, offset);
    Check.range("g", g, gOffset, n);
    Check.disjoint("w", w, offset, n, "g", g, gOffset, n);
  }

  /** Checks one state, after weights and gradient. */
  private static void checkState(
      int n, float[] w, int offset, float[] g, int gOffset, String name, float[] state) {
    checkGradient(n, w, offset, g, gOffset);
    Check.range(name, state, offset, n);
    Check.disjoint(name, state, offset, n, "w", w, offset, n);
    Check.disjoint(name, state, offset, n, "g", g, gOffset, n);
  }

  /** Checks two states, after weights and gradient. */
  private static void checkStates(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      String name1,
      float[] state1,
      String name2,
      float[] state2) {
    checkState(n, w, offset, g, gOffset, name1, state1);
    checkState(n, w, offset, g, gOffset, name2, state2);
    Check.disjoint(name2, state2, offset, n, name1, state1, offset, n);
  }

  private static void checkRmsprop(
      int n, float[] w, int offset, float[] g, int gOffset, float[] v, float[] mean, float[] b) {
    checkState(n, w, offset, g, gOffset, "v", v);
    Check.given("mean", mean);
    Check.given("b", b);
    if (kept(mean)) {
      checkStates(n, w, offset, g, gOffset, "v", v, "mean", mean);
    }
    if (kept(b)) {
      checkStates(n, w, offset, g, gOffset, "v", v, "b", b);
    }
    if (kept(mean) && kept(b)) {
      Check.disjoint("b", b, offset, n, "mean", mean, offset, n);
    }
  }

  private static void checkAdam(
      int n, float[] w, int offset, float[] g, int gOffset, float[] m, float[] v, float[] h) {
    checkStates(n, w, offset, g, gOffset, "m", m, "v", v);
    Check.given("h", h);
    if (kept(h)) {
      checkStates(n, w, offset, g, gOffset, "m", m, "h", h);
      Check.disjoint("h", h, offset, n, "v", v, offset, n);
    }
  }

  private static void checkAverage(
      int n, float[] average, int averageOffset, float[] w, int offset) {
    checkWeights(n, w, offset);
    Check.range("average", average, averageOffset, n);
    Check.disjoint("average", average, averageOffset, n, "w", w, offset, n);
  }

  /** Whether an optional state is kept. */
  private static boolean kept(float[] state) {
    return state.length > 0;
  }
}
