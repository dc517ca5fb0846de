package dev.lanewise.kernel.update;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.StretchCall;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one update: the weights w, the gradient g, up to three states that lie as the
 * weights do, and the numbers p1 to p6 in the order in which the contract's method has them.
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

  UpdateCall on(Loop loop, float[] w, int wo, float[] g, int go) {
    this.loop = loop;
    this.w = w;
    this.wo = wo;
    this.g = g;
    this.go = go;
    return this;
  }

  UpdateCall states(float[] s1, float[] s2, float[] s3) {
    this.s1 = s1;
    this.s2 = s2;
    this.s3 = s3;
    return this;
  }

  UpdateCall moments(Moments moments) {
    this.moments = moments;
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
      r = new UpdateCall(granule).on(NO_LOOP, new float[granule], 0, new float[granule], 0);
      rest = r.states(new float[granule], new float[granule], new float[granule]);
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
    on(NO_LOOP, NONE, 0, NONE, 0).states(NONE, NONE, NONE);
  }
}
