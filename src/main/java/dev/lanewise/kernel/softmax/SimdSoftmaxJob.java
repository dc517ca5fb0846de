package dev.lanewise.kernel.softmax;

import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.SimdMath;

/** One call of a softmax kernel: a range of it is some of the rows. Reused call after call. */
final class SimdSoftmaxJob extends RangeJob {
  enum Kind {
    SOFTMAX,
    LOG_SOFTMAX,
    SOFTMAX_GRADIENT,
    LOG_SOFTMAX_GRADIENT,
    LABEL_LOSS,
    LABEL_GRADIENT,
    TARGET_LOSS,
    TARGET_GRADIENT
  }

  private static final float[] NONE = {};
  private static final int[] NO_LABELS = {};

  private final Recycler<RowScratch> scratch;

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
   * @param scratch lends each range what it works with
   */
  SimdSoftmaxJob(Recycler<RowScratch> scratch) {
    this.scratch = scratch;
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
    RowScratch borrowed = scratch.take();
    for (int i = from; i < to; i++) {
      switch (kind) {
        case SOFTMAX -> softmax(i, borrowed);
        case LOG_SOFTMAX -> logSoftmax(i, borrowed);
        case SOFTMAX_GRADIENT -> softmaxGradient(i, borrowed);
        case LOG_SOFTMAX_GRADIENT -> logSoftmaxGradient(i, borrowed);
        case LABEL_LOSS -> labelLoss(i, borrowed);
        case LABEL_GRADIENT -> labelGradient(i, borrowed);
        case TARGET_LOSS -> targetLoss(i, borrowed);
        case TARGET_GRADIENT -> targetGradient(i, borrowed);
      }
    }
    scratch.give(borrowed);
  }

  private void softmax(int i, RowScratch borrowed) {
    int x = inOffset + i * ldIn;
    int y = outOffset + i * ldOut;
    float max = SimdBlocks.max(columns, in, x);
    SimdSoftmaxRow.exp(columns, in, x, max, out, y);
    float sum = SimdBlocks.sum(columns, out, y, borrowed.lanes);
    SimdSoftmaxRow.divide(columns, out, y, sum);
  }

  private void logSoftmax(int i, RowScratch borrowed) {
    int x = inOffset + i * ldIn;
    float max = SimdBlocks.max(columns, in, x);
    float log = SimdMath.log(sumOfExp(x, max, borrowed));
    SimdSoftmaxRow.shift(columns, in, x, max, log, out, outOffset + i * ldOut);
  }

  /** The softmax's denominator; leaves the numerators in the scratch row. */
  private float sumOfExp(int x, float max, RowScratch borrowed) {
    float[] e = borrowed.row(columns);
    SimdSoftmaxRow.exp(columns, in, x, max, e, 0);
    return SimdBlocks.sum(columns, e, 0, borrowed.lanes);
  }

  private void softmaxGradient(int i, RowScratch borrowed) {
    int y = inOffset + i * ldIn;
    int dy = otherOffset + i * ldOther;
    float dot = SimdBlocks.dot(columns, other, dy, in, y, borrowed.lanes);
    int dx = outOffset + i * ldOut;
    SimdSoftmaxRow.softmaxGradient(columns, in, y, other, dy, dot, out, dx);
  }

  private void logSoftmaxGradient(int i, RowScratch borrowed) {
    int y = inOffset + i * ldIn;
    int dy = otherOffset + i * ldOther;
    float sum = SimdBlocks.sum(columns, other, dy, borrowed.lanes);
    int dx = outOffset + i * ldOut;
    SimdSoftmaxRow.logSoftmaxGradient(columns, in, y, other, dy, sum, out, dx);
  }

  private void labelLoss(int i, RowScratch borrowed) {
    int x = inOffset + i * ldIn;
    float max = SimdBlocks.max(columns, in, x);
    float log = SimdMath.log(sumOfExp(x, max, borrowed));
    loss[lossOffset + i] = log - (in[x + labels[labelsOffset + i]] - max);
  }

  private void labelGradient(int i, RowScratch borrowed) {
    int x = inOffset + i * ldIn;
    int dx = outOffset + i * ldOut;
    int label = labels[labelsOffset + i];
    float max = SimdBlocks.max(columns, in, x);
    float shifted = in[x + label] - max; // before dx, which may be x, takes the numerators
    SimdSoftmaxRow.exp(columns, in, x, max, out, dx);
    float sum = SimdBlocks.sum(columns, out, dx, borrowed.lanes);
    loss[lossOffset + i] = SimdMath.log(sum) - shifted;
    float atLabel = out[dx + label] / sum - 1f;
    SimdSoftmaxRow.gradient(columns, out, dx, sum, scale);
    out[dx + label] = SimdSoftmaxRow.flush(atLabel * scale);
  }

  private void targetLoss(int i, RowScratch borrowed) {
    int x = inOffset + i * ldIn;
    int t = otherOffset + i * ldOther;
    float max = SimdBlocks.max(columns, in, x);
    float log = SimdMath.log(sumOfExp(x, max, borrowed));
    loss[lossOffset + i] = loss(x, t, max, log, borrowed);
  }

  /** The sum of the classes' terms. */
  private float loss(int x, int t, float max, float log, RowScratch borrowed) {
    float[] terms = borrowed.terms(columns);
    SimdSoftmaxRow.terms(columns, in, x, max, log, other, t, terms);
    return SimdBlocks.sum(columns, terms, 0, borrowed.lanes);
  }

  private void targetGradient(int i, RowScratch borrowed) {
    int x = inOffset + i * ldIn;
    int t = otherOffset + i * ldOther;
    float max = SimdBlocks.max(columns, in, x);
    float sum = sumOfExp(x, max, borrowed);
    // dx may be x or the targets: the loss comes first, and its terms have a row of their own.
    loss[lossOffset + i] = loss(x, t, max, SimdMath.log(sum), borrowed);
    int dx = outOffset + i * ldOut;
    SimdSoftmaxRow.gradient(columns, borrowed.row(columns), sum, other, t, scale, out, dx);
  }
}
