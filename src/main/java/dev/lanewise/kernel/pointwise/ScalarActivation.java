package dev.lanewise.kernel.pointwise;

/** Bias and ReLU by plain loops: the definition. */
public final class ScalarActivation implements Activation {
  /** Makes the scalar twin. */
  public ScalarActivation() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

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
    ActivationArguments.bias(rows, columns, x, xOffset, ldx, bias, biasOffset, y, yOffset, ldy);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        y[yOffset + i * ldy + j] = x[xOffset + i * ldx + j] + bias[biasOffset + j];
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
    ActivationArguments.bias(rows, columns, x, xOffset, ldx, bias, biasOffset, y, yOffset, ldy);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        y[yOffset + i * ldy + j] = relu(x[xOffset + i * ldx + j] + bias[biasOffset + j]);
      }
    }
  }

  @Override
  public void relu(int n, float[] x, int xOffset, float[] y, int yOffset) {
    ActivationArguments.relu(n, x, xOffset, y, yOffset);
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = relu(x[xOffset + i]);
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
    ActivationArguments.reluGradient(n, y, yOffset, dy, dyOffset, dx, dxOffset);
    for (int i = 0; i < n; i++) {
      dx[dxOffset + i] = y[yOffset + i] > 0 ? dy[dyOffset + i] * scale : 0f;
    }
  }

  /** x &lt;= 0 ? +0 : x; written as a maximum (+0 over −0, NaN over all), it needs no branch. */
  private static float relu(float x) {
    return Math.max(x, 0f);
  }
}
