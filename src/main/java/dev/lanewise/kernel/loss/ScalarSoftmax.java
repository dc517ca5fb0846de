package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.math.ExpLog;
import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.ScalarBlocks;

/** The scalar twin: the definition of softmax and cross-entropy. Thread-safe. */
public final class ScalarSoftmax implements Softmax {
  private final Recycler<RowScratch> scratch = new Recycler<>(RowScratch::new);

  /** Builds the scalar twin. */
  public ScalarSoftmax() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void softmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    SoftmaxArguments.function(rows, columns, x, xOffset, ldx, y, yOffset, ldy);
    RowScratch borrowed = scratch.take();
    for (int i = 0; i < rows; i++) {
      int xo = xOffset + i * ldx;
      int yo = yOffset + i * ldy;
      float max = ScalarBlocks.max(columns, x, xo);
      exp(columns, x, xo, max, y, yo);
      float sum = ScalarBlocks.sum(columns, y, yo, borrowed.lanes);
      for (int j = 0; j < columns; j++) {
        y[yo + j] /= sum;
      }
    }
    scratch.give(borrowed);
  }

  @Override
  public void logSoftmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    SoftmaxArguments.function(rows, columns, x, xOffset, ldx, y, yOffset, ldy);
    RowScratch borrowed = scratch.take();
    float[] e = borrowed.row(columns);
    for (int i = 0; i < rows; i++) {
      int xo = xOffset + i * ldx;
      int yo = yOffset + i * ldy;
      float max = ScalarBlocks.max(columns, x, xo);
      exp(columns, x, xo, max, e, 0);
      float log = ExpLog.log(ScalarBlocks.sum(columns, e, 0, borrowed.lanes));
      for (int j = 0; j < columns; j++) {
        y[yo + j] = (x[xo + j] - max) - log;
      }
    }
    scratch.give(borrowed);
  }

  /** e = exp(x − max). */
  private static void exp(int n, float[] x, int xOffset, float max, float[] e, int eOffset) {
    for (int j = 0; j < n; j++) {
      e[eOffset + j] = ExpLog.exp(x[xOffset + j] - max);
    }
  }

  @Override
  public void softmaxGradient(
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int ldy,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx) {
    SoftmaxArguments.gradient(
        rows, columns, y, yOffset, ldy, dy, dyOffset, lddy, dx, dxOffset, lddx);
    RowScratch borrowed = scratch.take();
    for (int i = 0; i < rows; i++) {
      int yo = yOffset + i * ldy;
      int dyo = dyOffset + i * lddy;
      int dxo = dxOffset + i * lddx;
      float dot = ScalarBlocks.dot(columns, dy, dyo, y, yo, borrowed.lanes);
      for (int j = 0; j < columns; j++) {
        dx[dxo + j] = y[yo + j] * (dy[dyo + j] - dot);
      }
    }
    scratch.give(borrowed);
  }

  @Override
  public void logSoftmaxGradient(
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int ldy,
      float[] dy,
      int dyOffset,
      int lddy,
      float[] dx,
      int dxOffset,
      int lddx) {
    SoftmaxArguments.gradient(
        rows, columns, y, yOffset, ldy, dy, dyOffset, lddy, dx, dxOffset, lddx);
    RowScratch borrowed = scratch.take();
    for (int i = 0; i < rows; i++) {
      int yo = yOffset + i * ldy;
      int dyo = dyOffset + i * lddy;
      int dxo = dxOffset + i * lddx;
      float sum = ScalarBlocks.sum(columns, dy, dyo, borrowed.lanes);
      for (int j = 0; j < columns; j++) {
        dx[dxo + j] = Fma.fma(-ExpLog.exp(y[yo + j]), sum, dy[dyo + j]);
      }
    }
    scratch.give(borrowed);
  }

  @Override
  public void crossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      int[] labels,
      int labelsOffset,
      float[] loss,
      int lossOffset) {
    SoftmaxArguments.losses(rows, classes, x, xOffset, ldx, loss, lossOffset);
    SoftmaxArguments.labels(rows, classes, labels, labelsOffset);
    RowScratch borrowed = scratch.take();
    float[] e = borrowed.row(classes);
    for (int i = 0; i < rows; i++) {
      int xo = xOffset + i * ldx;
      float max = ScalarBlocks.max(classes, x, xo);
      exp(classes, x, xo, max, e, 0);
      float sum = ScalarBlocks.sum(classes, e, 0, borrowed.lanes);
      loss[lossOffset + i] = ExpLog.log(sum) - (x[xo + labels[labelsOffset + i]] - max);
    }
    scratch.give(borrowed);
  }

  @Override
  public void crossEntropyGradient(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      int[] labels,
      int labelsOffset,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx) {
    SoftmaxArguments.losses(rows, classes, x, xOffset, ldx, loss, lossOffset);
    SoftmaxArguments.labels(rows, classes, labels, labelsOffset);
    SoftmaxArguments.logitGradient(
        rows, classes, x, xOffset, ldx, loss, lossOffset, dx, dxOffset, lddx);
    RowScratch borrowed = scratch.take();
    float[] e = borrowed.row(classes);
    for (int i = 0; i < rows; i++) {
      int xo = xOffset + i * ldx;
      int dxo = dxOffset + i * lddx;
      int label = labels[labelsOffset + i];
      float max = ScalarBlocks.max(classes, x, xo);
      exp(classes, x, xo, max, e, 0);
      float sum = ScalarBlocks.sum(classes, e, 0, borrowed.lanes);
      loss[lossOffset + i] = ExpLog.log(sum) - (x[xo + label] - max);
      for (int j = 0; j < classes; j++) {
        float target = j == label ? 1f : 0f;
        dx[dxo + j] = flush((e[j] / sum - target) * scale);
      }
    }
    scratch.give(borrowed);
  }

  @Override
  public void crossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset) {
    SoftmaxArguments.losses(rows, classes, x, xOffset, ldx, loss, lossOffset);
    SoftmaxArguments.targets(rows, classes, targets, targetsOffset, ldt, loss, lossOffset);
    RowScratch borrowed = scratch.take();
    float[] e = borrowed.row(classes);
    for (int i = 0; i < rows; i++) {
      int xo = xOffset + i * ldx;
      float max = ScalarBlocks.max(classes, x, xo);
      exp(classes, x, xo, max, e, 0);
      float log = ExpLog.log(ScalarBlocks.sum(classes, e, 0, borrowed.lanes));
      for (int j = 0; j < classes; j++) {
        e[j] = term(targets[targetsOffset + i * ldt + j], log, x[xo + j] - max);
      }
      loss[lossOffset + i] = ScalarBlocks.sum(classes, e, 0, borrowed.lanes);
    }
    scratch.give(borrowed);
  }

  @Override
  public void crossEntropyGradient(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset,
      float scale,
      float[] dx,
      int dxOffset,
      int lddx) {
    SoftmaxArguments.losses(rows, classes, x, xOffset, ldx, loss, lossOffset);
    SoftmaxArguments.targets(rows, classes, targets, targetsOffset, ldt, loss, lossOffset);
    SoftmaxArguments.logitGradient(
        rows, classes, x, xOffset, ldx, loss, lossOffset, dx, dxOffset, lddx);
    SoftmaxArguments.sameOrDisjoint(
        rows, classes, "dx", dx, dxOffset, lddx, "targets", targets, targetsOffset, ldt);
    RowScratch borrowed = scratch.take();
    float[] e = borrowed.row(classes);
    for (int i = 0; i < rows; i++) {
      int xo = xOffset + i * ldx;
      int dxo = dxOffset + i * lddx;
      float max = ScalarBlocks.max(classes, x, xo);
      exp(classes, x, xo, max, e, 0);
      float sum = ScalarBlocks.sum(classes, e, 0, borrowed.lanes);
      float log = ExpLog.log(sum);
      for (int j = 0; j < classes; j++) {
        float target = targets[targetsOffset + i * ldt + j];
        float p = e[j] / sum;
        e[j] = term(target, log, x[xo + j] - max);
        dx[dxo + j] = flush((p - target) * scale);
      }
      loss[lossOffset + i] = ScalarBlocks.sum(classes, e, 0, borrowed.lanes);
    }
    scratch.give(borrowed);
  }

  /** What a class adds to the loss: nothing, even at −∞, where its target is 0. */
  private static float term(float target, float log, float shifted) {
    return target == 0 ? 0f : target * (log - shifted);
  }

  private static float flush(float d) {
    return Math.abs(d) < FLUSH_GRADIENT ? 0f : d;
  }
}
