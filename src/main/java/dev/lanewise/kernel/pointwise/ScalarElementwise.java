package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.math.Fma;

/** Element by element operations by plain loops: the definition. */
public final class ScalarElementwise implements Elementwise {
  /** Makes the scalar twin. */
  public ScalarElementwise() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void scale(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    ElementwiseArguments.pair(n, x, xOffset, y, yOffset);
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = alpha * x[xOffset + i];
    }
  }

  @Override
  public void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
    ElementwiseArguments.add(n, a, aOffset, b, bOffset, c, cOffset);
    for (int i = 0; i < n; i++) {
      c[cOffset + i] = a[aOffset + i] + b[bOffset + i];
    }
  }

  @Override
  public void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    ElementwiseArguments.pair(n, x, xOffset, y, yOffset);
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = Fma.fma(alpha, x[xOffset + i], y[yOffset + i]);
    }
  }

  @Override
  public void clip(int n, float low, float high, float[] x, int xOffset, float[] y, int yOffset) {
    ElementwiseArguments.clip(n, low, high, x, xOffset, y, yOffset);
    for (int i = 0; i < n; i++) {
      float value = x[xOffset + i];
      y[yOffset + i] = value < low ? low : value > high ? high : value;
    }
  }

  @Override
  public void oneHot(int n, int classes, int[] labels, int labelsOffset, float[] y, int yOffset) {
    ElementwiseArguments.oneHot(n, classes, labels, labelsOffset, y, yOffset);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < classes; j++) {
        y[yOffset + i * classes + j] = labels[labelsOffset + i] == j ? 1f : 0f;
      }
    }
  }

  @Override
  public void bytesToUnit(int n, byte[] x, int xOffset, float[] y, int yOffset) {
    ElementwiseArguments.bytesToUnit(n, x, xOffset, y, yOffset);
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (x[xOffset + i] & 255) / 255f;
    }
  }
}
