package dev.lanewise.kernel.update;

import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.update.UpdateCall.Loop;
import org.jspecify.annotations.Nullable;

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

  /** A SIMD twin over a team, or a scalar twin without one. */
  CheckedUpdate(@Nullable Team team) {
    super(() -> new UpdateCall(granule(team)), team);
  }

  /** Returns a rule's loop. */
  abstract Loop loop(Rule rule);

  @Override
  public final void sgd(
      int n, float[] w, int offset, float[] g, int gOffset, float rate, float decay) {
    run(Rule.SGD, call(n, w, offset, g, gOffset).numbers(rate, decay, 0, 0, 0, 0));
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
    UpdateCall call = call(n, w, offset, g, gOffset).state1("v", v);
    Rule rule = nesterov ? Rule.NESTEROV : Rule.MOMENTUM;
    run(rule, call.numbers(inner, momentum, outer, decay, flush, 0));
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
    UpdateCall call = call(n, w, offset, g, gOffset).state1("a", a);
    run(Rule.ADAGRAD, call.numbers(rate, inside, outside, decay, flush, 0));
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
    UpdateCall call = call(n, w, offset, g, gOffset).moments(moments);
    call.state1("a", a).state2("x", x);
    run(Rule.ADADELTA, call.numbers(rate, epsilon, decay, 0, 0, 0));
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
    UpdateCall call = call(n, w, offset, g, gOffset).moments(moments);
    call.state1("v", v);
    boolean centered = kept("mean", mean);
    boolean moving = kept("b", b);
    if (centered) {
      call.state2("mean", mean);
    }
    if (moving) {
      call.state3("b", b);
    }
    Rule rule =
        centered
            ? (moving ? Rule.RMSPROP_CENTERED_MOMENTUM : Rule.RMSPROP_CENTERED)
            : (moving ? Rule.RMSPROP_MOMENTUM : Rule.RMSPROP);
    run(rule, call.numbers(inner, momentum, outer, inside, outside, decay));
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
    UpdateCall call = call(n, w, offset, g, gOffset).moments(moments);
    call.state1("m", m).state2("v", v);
    boolean largest = kept("h", h);
    if (largest) {
      call.state3("h", h);
    }
    run(largest ? Rule.AMSGRAD : Rule.ADAM, call.numbers(alpha, epsilon, decay, 0, 0, 0));
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
    UpdateCall call = call(n, w, offset, g, gOffset).moments(moments);
    call.state1("m", m).state2("u", u);
    run(Rule.ADAMAX, call.numbers(alpha, inside, outside, decay, 0, 0));
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
    UpdateCall call = call(n, w, offset, g, gOffset).moments(moments);
    call.state1("m", m).state2("v", v);
    run(Rule.NADAM, call.numbers(onMoment, onGradient, epsilon, decay, 0, 0));
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
    UpdateCall call = call(n, w, offset, g, gOffset).state1("a", a).state2("z", z);
    run(Rule.FTRL, call.numbers(perRate, l1, l2, shrinkage, flushMean, flushSquare));
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
    UpdateCall call = call(n, w, offset, g, gOffset).moments(moments);
    run(Rule.LION, call.state1("m", m).numbers(rate, decay, 0, 0, 0, 0));
  }

  @Override
  public final void decay(int n, float[] w, int offset, float amount) {
    run(Rule.DECAY, take().weights(n, "w", w, offset).numbers(amount, 0, 0, 0, 0, 0));
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
    UpdateCall call = take().weights(n, "average", average, averageOffset);
    call.gradient("w", w, offset).numbers(share, oneMinusShare, flush, 0, 0, 0);
    run(Rule.AVERAGE, call);
  }

  private UpdateCall call(int n, float[] w, int offset, float[] g, int gOffset) {
    return take().weights(n, "w", w, offset).gradient("g", g, gOffset);
  }

  private void run(Rule rule, UpdateCall call) {
    run(call.loop(loop(rule)), call.n, Call.ELEMENTS, call.n);
  }

  /** Whether an optional state is kept. */
  private static boolean kept(String name, float[] state) {
    return Check.length(name, state) > 0;
  }
}
