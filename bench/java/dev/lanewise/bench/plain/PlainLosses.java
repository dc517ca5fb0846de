package dev.lanewise.bench.plain;

import dev.lanewise.kernel.loss.Losses;

/** Mean squared error and binary cross-entropy. */
final class PlainLosses implements Losses, PlainKernel {
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
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int at = targetsOffset + i * ldt;
      float sum = 0;
      for (int j = 0; j < columns; j++) {
        float d = x[in + j] - targets[at + j];
        sum += d * d;
      }
      loss[lossOffset + i] = sum / columns;
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
    float factor = 2 * scale / columns;
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int at = targetsOffset + i * ldt;
      int out = dxOffset + i * lddx;
      float sum = 0;
      for (int j = 0; j < columns; j++) {
        float d = x[in + j] - targets[at + j];
        sum += d * d;
        dx[out + j] = d * factor;
      }
      loss[lossOffset + i] = sum / columns;
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
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int at = targetsOffset + i * ldt;
      float sum = 0;
      for (int j = 0; j < columns; j++) {
        float z = x[in + j];
        float e = (float) Math.exp(-Math.abs(z));
        sum += Math.max(z, 0) - z * targets[at + j] + (float) Math.log1p(e);
      }
      loss[lossOffset + i] = sum / columns;
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
    float factor = scale / columns;
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int at = targetsOffset + i * ldt;
      int out = dxOffset + i * lddx;
      float sum = 0;
      for (int j = 0; j < columns; j++) {
        float z = x[in + j];
        float t = targets[at + j];
        float e = (float) Math.exp(-Math.abs(z));
        sum += Math.max(z, 0) - z * t + (float) Math.log1p(e);
        dx[out + j] = ((z >= 0 ? 1 : e) / (1 + e) - t) * factor;
      }
      loss[lossOffset + i] = sum / columns;
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
    for (int i = 0; i < rows; i++) {
      float weight = weights[weightsOffset + i];
      for (int j = 0; j < columns; j++) {
        y[yOffset + i * columns + j] = weight * x[xOffset + i * columns + j];
      }
    }
  }
}
