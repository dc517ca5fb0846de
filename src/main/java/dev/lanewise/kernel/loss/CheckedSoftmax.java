package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.loss.LossCall.Pass;
import dev.lanewise.kernel.parallel.Team;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks the arguments of softmax and cross-entropy. */
abstract class CheckedSoftmax extends LossKernel implements Softmax {
  CheckedSoftmax(Function<Step, Pass> loops, @Nullable Team team) {
    super(loops, team);
  }

  @Override
  public final void softmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    LossCall call = take().of(rows, "columns", columns).in("x", x, xOffset, ldx);
    run(Kind.SOFTMAX, call.out("y", y, yOffset, ldy));
  }

  @Override
  public final void logSoftmax(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset, int ldy) {
    LossCall call = take().of(rows, "columns", columns).in("x", x, xOffset, ldx);
    run(Kind.LOG_SOFTMAX, call.out("y", y, yOffset, ldy));
  }

  @Override
  public final void backwardSoftmax(
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
    LossCall call = take().of(rows, "columns", columns).in("y", y, yOffset, ldy);
    call.other("dy", dy, dyOffset, lddy).out("dx", dx, dxOffset, lddx);
    run(Kind.SOFTMAX_GRADIENT, call);
  }

  @Override
  public final void backwardLogSoftmax(
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
    LossCall call = take().of(rows, "columns", columns).in("y", y, yOffset, ldy);
    call.other("dy", dy, dyOffset, lddy).out("dx", dx, dxOffset, lddx);
    run(Kind.LOG_SOFTMAX_GRADIENT, call);
  }

  @Override
  public final void crossEntropy(
      int rows,
      int classes,
      float[] x,
      int xOffset,
      int ldx,
      int[] labels,
      int labelsOffset,
      float[] loss,
      int lossOffset) {
    LossCall call = take().of(rows, "classes", classes).in("x", x, xOffset, ldx);
    call.each("loss", loss, lossOffset).labels(labels, labelsOffset);
    run(Kind.LABEL_LOSS, call);
  }

  @Override
  public final void backwardCrossEntropy(
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
    LossCall call = take().of(rows, "classes", classes).in("x", x, xOffset, ldx);
    call.each("loss", loss, lossOffset).labels(labels, labelsOffset).scale(scale);
    run(Kind.LABEL_LOSS_GRADIENT, call.out("dx", dx, dxOffset, lddx));
  }

  @Override
  public final void crossEntropy(
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
    LossCall call = take().of(rows, "classes", classes).in("x", x, xOffset, ldx);
    call.other("targets", targets, targetsOffset, ldt).each("loss", loss, lossOffset);
    run(Kind.TARGET_LOSS, call);
  }

  @Override
  public final void backwardCrossEntropy(
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
    LossCall call = take().of(rows, "classes", classes).in("x", x, xOffset, ldx);
    call.other("targets", targets, targetsOffset, ldt).each("loss", loss, lossOffset);
    run(Kind.TARGET_LOSS_GRADIENT, call.scale(scale).out("dx", dx, dxOffset, lddx));
  }
}
