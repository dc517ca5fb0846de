package dev.lanewise.bench.plain;

import dev.lanewise.kernel.pointwise.Activation;

/** Bias and ReLU. */
final class PlainActivation implements Activation, PlainKernel {
  @Override
  public void addBias(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy) {
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int out = yOffset + i * ldy;
      for (int j = 0; j < columns; j++) {
        y[out + j] = x[in + j] + bias[biasOffset + j];
      }
    }
  }

  @Override
  public void addBiasRelu(
      int rows,
      int columns,
      float[] x,
      int xOffset,
      int ldx,
      float[] bias,
      int biasOffset,
      float[] y,
      int yOffset,
      int ldy) {
    for (int i = 0; i < rows; i++) {
      int in = xOffset + i * ldx;
      int out = yOffset + i * ldy;
      for (int j = 0; j < columns; j++) {
        y[out + j] = Math.max(0, x[in + j] + bias[biasOffset + j]);
      }
    }
  }

  @Override
  public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    int at = Plain.same(xOffset, yOffset);
    for (int i = 0; i < n; i++) {
      y[at + i] = Math.max(0, x[at + i]);
    }
  }

  @Override
  public void scaledReluGradient(
      int n,
      float scale,
      float[] y,
      int yOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    int at = Plain.same(yOffset, dyOffset, dxOffset);
    for (int i = 0; i < n; i++) {
      dx[at + i] = y[at + i] > 0 ? scale * dy[at + i] : 0;
    }
  }
}
