package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.math.Curves;
import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.ScalarBlocks;

/** The losses by plain loops: the definition. Thread-safe. */
public final class ScalarLosses implements Losses {
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
    for (int i = 0; i < rows; i++) {
      loss[lossOffset + i] =
          squaredLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt);
    }
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
    for (int i = 0; i < rows; i++) {
      loss[lossOffset + i] =
          squaredLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt);
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
    for (int i = 0; i < rows; i++) {
      loss[lossOffset + i] =
          binaryLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt);
    }
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
    for (int i = 0; i < rows; i++) {
      loss[lossOffset + i] =
          binaryLoss(columns, x, xOffset + i * ldx, targets, targetsOffset + i * ldt);
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
  }

  private static float squaredLoss(int n, float[] x, int xOffset, float[] t, int tOffset) {
    float[] d = new float[n];
    for (int j = 0; j < n; j++) {
      d[j] = x[xOffset + j] - t[tOffset + j];
    }
    return ScalarBlocks.dot(n, d, 0, d, 0, new Lanes()) / n;
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

  private static float binaryLoss(int n, float[] x, int xOffset, float[] t, int tOffset) {
    float[] terms = new float[n];
    for (int j = 0; j < n; j++) {
      float logit = x[xOffset + j];
      float linear = Fma.fma(-logit, t[tOffset + j], logit > 0 ? logit : 0f);
      terms[j] = linear + Curves.softplus(-Math.abs(logit));
    }
    return ScalarBlocks.sum(n, terms, 0, new Lanes()) / n;
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
      float d = (Curves.sigmoid(x[xOffset + j]) - t[tOffset + j]) * factor;
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
