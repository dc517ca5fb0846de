package dev.lanewise.bench.plain;

import dev.lanewise.kernel.pointwise.Elementwise;
import java.util.Arrays;

/** Element by element operations. */
final class PlainElementwise implements Elementwise, PlainKernel {
  @Override
  public void scale(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    int at = Plain.same(xOffset, yOffset);
    for (int i = 0; i < n; i++) {
      y[at + i] = alpha * x[at + i];
    }
  }

  @Override
  public void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
    int at = Plain.same(aOffset, bOffset, cOffset);
    for (int i = 0; i < n; i++) {
      c[at + i] = a[at + i] + b[at + i];
    }
  }

  @Override
  public void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    int at = Plain.same(xOffset, yOffset);
    for (int i = 0; i < n; i++) {
      y[at + i] += alpha * x[at + i];
    }
  }

  @Override
  public void clip(int n, float low, float high, float[] x, int xOffset, float[] y, int yOffset) {
    int at = Plain.same(xOffset, yOffset);
    for (int i = 0; i < n; i++) {
      y[at + i] = Math.max(low, Math.min(high, x[at + i]));
    }
  }

  @Override
  public void oneHot(int n, int classes, int[] labels, int labelsOffset, float[] y, int yOffset) {
    Arrays.fill(y, yOffset, yOffset + n * classes, 0f);
    for (int i = 0; i < n; i++) {
      y[yOffset + i * classes + labels[labelsOffset + i]] = 1;
    }
  }

  @Override
  public void bytesToUnit(int n, byte[] x, int xOffset, float[] y, int yOffset) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = (x[xOffset + i] & 255) * (1f / 255);
    }
  }
}
