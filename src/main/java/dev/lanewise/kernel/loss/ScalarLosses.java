package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.math.Nonlinearities;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.ScalarBlocks;

/** The losses by plain loops: the definition. Thread-safe. */
public final class ScalarLosses implements Losses {
  private final Recycler<LossRow> rowsOf = new Recycler<>(LossRow::new);

  /** Makes the scalar twin. */
  public ScalarLosses() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void meanSquaredError(
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
    LossArguments.loss(
        rows, columns, x, xOffset, ldx, targets, targetsOffset, ldt, loss, lossOffset);
    LossRow row = rowsOf.take();
    row.grow(columns);
    for (int i = 0; i < rows; i++) {
      loss[lossOffset + i] =
          squaredLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt, row);
    }
    rowsOf.give(row);
  }

  @Override
  public void meanSquaredErrorGradient(
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
    LossArguments.gradient(
        rows,
        columns,
        x,
        xOffset,
        ldx,
        targets,
        targetsOffset,
        ldt,
        loss,
        lossOffset,
        dx,
        dxOffset,
        lddx);
    float factor = 2f / columns * scale;
    LossRow row = rowsOf.take();
    row.grow(columns);
    for (int i = 0; i < rows; i++) {
      loss[lossOffset + i] =
          squaredLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt, row);
      squaredGradient(
          columns,
          x,
          xOffset + i * ldx,
          targets,
          targetsOffset + i * ldt,
          factor,
          dx,
          dxOffset + i * lddx);
    }
    rowsOf.give(row);
  }

  @Override
  public void binaryCrossEntropy(
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
    LossArguments.loss(
        rows, columns, x, xOffset, ldx, targets, targetsOffset, ldt, loss, lossOffset);
    LossRow row = rowsOf.take();
    row.grow(columns);
    for (int i = 0; i < rows; i++) {
      loss[lossOffset + i] =
          binaryLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt, row);
    }
    rowsOf.give(row);
  }

  @Override
  public void binaryCrossEntropyGradient(
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
    LossArguments.gradient(
        rows,
        columns,
        x,
        xOffset,
        ldx,
        targets,
        targetsOffset,
        ldt,
        loss,
        lossOffset,
        dx,
        dxOffset,
        lddx);
    float factor = 1f / columns * scale;
    LossRow row = rowsOf.take();
    row.grow(columns);
    for (int i = 0; i < rows; i++) {
      loss[lossOffset + i] =
          binaryLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt, row);
      binaryGradient(
          columns,
          x,
          xOffset + i * ldx,
          targets,
          targetsOffset + i * ldt,
          factor,
          dx,
          dxOffset + i * lddx);
    }
    rowsOf.give(row);
  }

  private static float squaredLoss(
      int n, float[] x, int xOffset, float[] t, int tOffset, LossRow row) {
    float[] d = row.terms;
    for (int j = 0; j < n; j++) {
      d[j] = x[xOffset + j] - t[tOffset + j];
    }
    return ScalarBlocks.dot(n, d, 0, d, 0, row.lanes) / n;
  }

  private static void squaredGradient(
      int n,
      float[] x,
      int xOffset,
      float[] t,
      int tOffset,
      float factor,
      float[] dx,
      int dxOffset) {
    for (int j = 0; j < n; j++) {
      dx[dxOffset + j] = (x[xOffset + j] - t[tOffset + j]) * factor;
    }
  }

  private static float binaryLoss(
      int n, float[] x, int xOffset, float[] t, int tOffset, LossRow row) {
    float[] terms = row.terms;
    for (int j = 0; j < n; j++) {
      float logit = x[xOffset + j];
      float linear = Fma.fma(-logit, t[tOffset + j], logit > 0 ? logit : 0f);
      terms[j] = linear + Nonlinearities.softplus(-Math.abs(logit));
    }
    return ScalarBlocks.sum(n, terms, 0, row.lanes) / n;
  }

  private static void binaryGradient(
      int n,
      float[] x,
      int xOffset,
      float[] t,
      int tOffset,
      float factor,
      float[] dx,
      int dxOffset) {
    for (int j = 0; j < n; j++) {
      float d = (Nonlinearities.sigmoid(x[xOffset + j]) - t[tOffset + j]) * factor;
      dx[dxOffset + j] = Math.abs(d) < FLUSH_GRADIENT ? 0f : d;
    }
  }

  @Override
  public void weigh(
      int rows,
      int columns,
      float[] weights,
      int weightsOffset,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    LossArguments.weigh(rows, columns, weights, weightsOffset, x, xOffset, y, yOffset);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        y[yOffset + i * columns + j] = weights[weightsOffset + i] * x[xOffset + i * columns + j];
      }
    }
  }
}
