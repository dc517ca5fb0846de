package dev.lanewise.kernel.update;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.StretchCall;
import dev.lanewise.kernel.support.Check;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one update: the weights w, the gradient g, up to three states that lie as the
 * weights do, and the numbers p1 to p6 in the order in which the contract's method has them. Arrays
 * are checked as they are set. A state that the rule does without stays empty, and overlaps
 * nothing.
 */
final class UpdateCall extends StretchCall<UpdateCall> {
  /** A rule's loop. */
  interface Loop {
    /** Updates the elements {@code from} to {@code to} − 1. */
    void run(UpdateCall call, int from, int to);
  }

  private static final float[] NONE = {};
  private static final Loop NO_LOOP = (call, from, to) -> {};

  /** Elements that the loop takes at a time: 1, or the lanes of a vector. */
  private final int granule;

  private Loop loop = NO_LOOP;
  private @Nullable UpdateCall rest;
  private String nameOfW = "";
  private String name1 = "";
  private String name2 = "";
  int n;
  float[] w = NONE;
  int wo;
  float[] g = NONE;
  int go;
  float[] s1 = NONE;
  float[] s2 = NONE;
  float[] s3 = NONE;
  Moments moments = new Moments(0, 0, 0, 0, 0, 0);
  float p1;
  float p2;
  float p3;
  float p4;
  float p5;
  float p6;

  UpdateCall(int granule) {
    this.granule = granule;
  }

  /** Sets a rule's loop. */
  UpdateCall loop(Loop loop) {
    this.loop = loop;
    return this;
  }

  /** Sets and checks the weights. */
  UpdateCall weights(int n, String name, float[] w, int wo) {
    this.n = Check.atLeast("n", n, 0);
    Check.range(name, w, wo, n);
    nameOfW = name;
    this.w = w;
    this.wo = wo;
    return this;
  }

  /** Sets and checks the gradient, after the weights. */
  UpdateCall gradient(String name, float[] g, int go) {
    Check.range(name, g, go, n);
    Check.disjoint(nameOfW, w, wo, n, name, g, go, n);
    this.g = g;
    this.go = go;
    return this;
  }

  /** Sets and checks a state, after the gradient. */
  UpdateCall state1(String name, float[] state) {
    checkState(name, state);
    name1 = name;
    s1 = state;
    return this;
  }

  UpdateCall state2(String name, float[] state) {
    checkState(name, state);
    name2 = name;
    s2 = state;
    return this;
  }

  UpdateCall state3(String name, float[] state) {
    checkState(name, state);
    s3 = state;
    return this;
  }

  /** Refuses a state that overlaps what was set before it. */
  private void checkState(String name, float[] state) {
    Check.range(name, state, wo, n);
    Check.disjoint(name, state, wo, n, nameOfW, w, wo, n);
    Check.disjoint(name, state, wo, n, "g", g, go, n);
    Check.disjoint(name, state, wo, n, name1, s1, wo, n);
    Check.disjoint(name, state, wo, n, name2, s2, wo, n);
  }

  UpdateCall moments(Moments moments) {
    this.moments = Check.given("moments", moments);
    return this;
  }

  UpdateCall numbers(float p1, float p2, float p3, float p4, float p5, float p6) {
    this.p1 = p1;
    this.p2 = p2;
    this.p3 = p3;
    this.p4 = p4;
    this.p5 = p5;
    this.p6 = p6;
    return this;
  }

  @Override
  protected int granule() {
    return granule;
  }

  @Override
  protected void loop(int from, int to, Scratch scratch) {
    loop.run(this, from, to);
  }

  @Override
  protected UpdateCall copyOut(int at, int n) {
    UpdateCall r = rest;
    if (r == null) {
      r = new UpdateCall(granule);
      r.w = new float[granule];
      r.g = new float[granule];
      r.s1 = new float[granule];
      r.s2 = new float[granule];
      r.s3 = new float[granule];
      rest = r;
    }
    r.loop = loop;
    r.moments(moments).numbers(p1, p2, p3, p4, p5, p6);
    copy(n, g, go + at, r.g, 0);
    copy(n, w, wo + at, r.w, 0);
    copy(n, s1, wo + at, r.s1, 0);
    copy(n, s2, wo + at, r.s2, 0);
    copy(n, s3, wo + at, r.s3, 0);
    return r;
  }

  @Override
  protected void copyBack(UpdateCall r, int at, int n) {
    copy(n, r.w, 0, w, wo + at);
    copy(n, r.s1, 0, s1, wo + at);
    copy(n, r.s2, 0, s2, wo + at);
    copy(n, r.s3, 0, s3, wo + at);
  }

  @Override
  protected void clear() {
    loop = NO_LOOP;
    w = NONE;
    g = NONE;
    s1 = NONE;
    s2 = NONE;
    s3 = NONE;
  }
}
