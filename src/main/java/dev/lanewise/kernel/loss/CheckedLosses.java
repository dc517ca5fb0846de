package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.loss.LossCall.Pass;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks the arguments of the losses beside softmax cross-entropy. */
abstract class CheckedLosses extends LossKernel implements Losses {
  CheckedLosses(Function<Step, Pass> loops, @Nullable Team team) {
    super(loops, team);
  }

  @Override
  public final void meanSquaredError(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset) {
    LossCall call = take().of(rows, "columns", columns).in("x", x, xOffset, ldx);
    call.other("targets", targets, targetsOffset, ldt).each("loss", loss, lossOffset);
    run(Kind.SQUARED_LOSS, call);
  }

  @Override
  public final void backwardMeanSquaredError(
      int rows,
      int columns,
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
    LossCall call = take().of(rows, "columns", columns).in("x", x, xOffset, ldx);
    call.other("targets", targets, targetsOffset, ldt).each("loss", loss, lossOffset);
    call.outApart("dx", dx, dxOffset, lddx).scale(2f / columns * scale);
    run(Kind.SQUARED_LOSS_GRADIENT, call);
  }

  @Override
  public final void binaryCrossEntropy(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] targets,
      int targetsOffset,
      int ldt,
      float[] loss,
      int lossOffset) {
    LossCall call = take().of(rows, "columns", columns).in("x", x, xOffset, ldx);
    call.other("targets", targets, targetsOffset, ldt).each("loss", loss, lossOffset);
    run(Kind.BINARY_LOSS, call);
  }

  @Override
  public final void backwardBinaryCrossEntropy(
      int rows,
      int columns,
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
    LossCall call = take().of(rows, "columns", columns).in("x", x, xOffset, ldx);
    call.other("targets", targets, targetsOffset, ldt).each("loss", loss, lossOffset);
    call.outApart("dx", dx, dxOffset, lddx).scale(1f / columns * scale);
    run(Kind.BINARY_LOSS_GRADIENT, call);
  }

  @Override
  public final void weigh(
      int rows,
      int columns,
      float[] weights,
      int weightsOffset,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    Check.atLeast("columns", columns, 0);
    int ld = Math.max(1, columns);
    LossCall call = take().of(rows, columns).each("weights", weights, weightsOffset);
    call.in("x", x, xOffset, ld).out("y", y, yOffset, ld);
    run(Kind.WEIGHED, call);
  }
}
