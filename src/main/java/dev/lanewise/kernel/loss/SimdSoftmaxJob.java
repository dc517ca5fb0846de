package dev.lanewise.kernel.loss;

import static dev.lanewise.kernel.loss.SimdSoftmaxPass.*;

import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;

/** One call of a softmax kernel: a range of it is some of the rows. Reused call after call. */
final class SimdSoftmaxJob extends RangeJob {
  /** What is computed, as the passes over each row. */
  enum Kind {
    SOFTMAX(MAX, SUBTRACT, EXP, SUM, DIVIDE),
    LOG_SOFTMAX(MAX, SUBTRACT, EXP, SUM, LOG, SHIFT),
    SOFTMAX_GRADIENT(DOT, SimdSoftmaxPass.SOFTMAX_GRADIENT),
    LOG_SOFTMAX_GRADIENT(ZERO, SUBTRACT, EXP, SUM_GRADIENT, LOG_GRADIENT),
    LABEL_LOSS(MAX, SUBTRACT, EXP, SUM, LOG, SimdSoftmaxPass.LABEL_LOSS),
    LABEL_GRADIENT(
        MAX, SUBTRACT, EXP, SUM, LOG, SimdSoftmaxPass.LABEL_LOSS, SimdSoftmaxPass.LABEL_GRADIENT),
    TARGET_LOSS(MAX, SUBTRACT, EXP, SUM, LOG, TERMS, SimdSoftmaxPass.TARGET_LOSS),
    // The output may be the logits or the targets: the loss comes before the gradient.
    TARGET_GRADIENT(
        MAX,
        SUBTRACT,
        EXP,
        SUM,
        LOG,
        TERMS,
        SimdSoftmaxPass.TARGET_LOSS,
        SimdSoftmaxPass.TARGET_GRADIENT);

    @SuppressWarnings("ImmutableEnumChecker") // an array, for a loop that allocates nothing
    private final SimdSoftmaxPass[] passes;

    Kind(SimdSoftmaxPass... passes) {
      this.passes = passes;
    }

    boolean hasTargets() {
      return this == TARGET_LOSS || this == TARGET_GRADIENT;
    }
  }

  private static final float[] NONE = {};
  private static final int[] NO_LABELS = {};

  private final Recycler<SimdSoftmaxRows> rows;

  private Kind kind = Kind.SOFTMAX;
  private int columns;

  /** The input: logits x, or the output y of the function whose gradient is wanted. */
  private float[] in = NONE;

  private int inOffset;
  private int ldIn;

  /** The second input: dy, or the targets. */
  private float[] other = NONE;

  private int otherOffset;
  private int ldOther;
  private int[] labels = NO_LABELS;
  private int labelsOffset;
  private float[] loss = NONE;
  private int lossOffset;
  private float scale;

  /** The output: y or dx. */
  private float[] out = NONE;

  private int outOffset;
  private int ldOut;

  /**
   * Makes a job that is not set to anything yet.
   *
   * @param rows lends each range the row that it works with
   */
  SimdSoftmaxJob(Recycler<SimdSoftmaxRows> rows) {
    this.rows = rows;
  }

  SimdSoftmaxJob in(float[] in, int inOffset, int ldIn) {
    this.in = in;
    this.inOffset = inOffset;
    this.ldIn = ldIn;
    return this;
  }

  SimdSoftmaxJob other(float[] other, int otherOffset, int ldOther) {
    this.other = other;
    this.otherOffset = otherOffset;
    this.ldOther = ldOther;
    return this;
  }

  SimdSoftmaxJob labels(int[] labels, int labelsOffset) {
    this.labels = labels;
    this.labelsOffset = labelsOffset;
    return this;
  }

  SimdSoftmaxJob loss(float[] loss, int lossOffset) {
    this.loss = loss;
    this.lossOffset = lossOffset;
    return this;
  }

  SimdSoftmaxJob scale(float scale) {
    this.scale = scale;
    return this;
  }

  SimdSoftmaxJob out(float[] out, int outOffset, int ldOut) {
    this.out = out;
    this.outOffset = outOffset;
    this.ldOut = ldOut;
    return this;
  }

  /** Runs over all rows, divided over the team where they are worth it. */
  void run(Kind kind, Team team, int rows, int columns, boolean alone) {
    this.kind = kind;
    this.columns = columns;
    if (alone) {
      range(0, rows);
      clear();
    } else {
      run(team, rows, 1);
    }
  }

  @Override
  protected void clear() {
    in = NONE;
    other = NONE;
    labels = NO_LABELS;
    loss = NONE;
    out = NONE;
  }

  @Override
  protected void range(int from, int to) {
    SimdSoftmaxRows inHand = rows.take();
    inHand.n = columns;
    inHand.in = in;
    inHand.ldIn = ldIn;
    inHand.other = other;
    inHand.ldOther = ldOther;
    inHand.out = out;
    inHand.ldOut = ldOut;
    inHand.labels = labels;
    inHand.loss = loss;
    inHand.scale = scale;
    inHand.withE();
    if (kind.hasTargets()) {
      inHand.withTerms();
    }
    int step = SimdSoftmaxRows.atATime(columns);
    for (int i = from; i < to; i += step) {
      inHand.m = Math.min(step, to - i);
      passes(i, inHand);
    }
    inHand.clear();
    rows.give(inHand);
  }

  private void passes(int i, SimdSoftmaxRows inHand) {
    inHand.inAt = inOffset + i * ldIn;
    inHand.otherAt = otherOffset + i * ldOther;
    inHand.outAt = outOffset + i * ldOut;
    inHand.labelsAt = labelsOffset + i;
    inHand.lossAt = lossOffset + i;
    for (SimdSoftmaxPass pass : kind.passes) {
      pass.run(inHand);
    }
  }
}
