package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.math.Fma.fma;

/** Optimizer updates by plain loops: the definition. */
public final class ScalarUpdate implements Update {
  /** Makes the scalar twin. */
  public ScalarUpdate() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void sgd(int n, float[] w, int wOffset, float[] g, int gOffset, float learningRate) {
    UpdateArguments.sgd(n, w, wOffset, g, gOffset);
    for (int i = 0; i < n; i++) {
      w[wOffset + i] = fma(-learningRate, g[gOffset + i], w[wOffset + i]);
    }
  }

  @Override
  public void momentum(
      int n,
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] v,
      int vOffset,
      float learningRate,
      float momentum,
      boolean nesterov,
      float flush) {
    UpdateArguments.momentum(n, w, wOffset, g, gOffset, v, vOffset);
    for (int i = 0; i < n; i++) {
      float step = -(learningRate * g[gOffset + i]);
      float velocity = mean(fma(momentum, v[vOffset + i], step), flush);
      v[vOffset + i] = velocity;
      w[wOffset + i] += nesterov ? fma(momentum, velocity, step) : velocity;
    }
  }

  @Override
  public void adam(
      int n,
      float[] w,
      int wOffset,
      float[] g,
      int gOffset,
      float[] m,
      int mOffset,
      float[] v,
      int vOffset,
      float alpha,
      float beta1,
      float oneMinusBeta1,
      float beta2,
      float oneMinusBeta2,
      float epsilon,
      float flushMean,
      float flushSquare) {
    UpdateArguments.adam(n, w, wOffset, g, gOffset, m, mOffset, v, vOffset);
    for (int i = 0; i < n; i++) {
      float gradient = g[gOffset + i];
      float first = mean(fma(oneMinusBeta1, gradient, beta1 * m[mOffset + i]), flushMean);
      float second =
          square(fma(oneMinusBeta2, gradient * gradient, beta2 * v[vOffset + i]), flushSquare);
      m[mOffset + i] = first;
      v[vOffset + i] = second;
      w[wOffset + i] -= (alpha * first) / ((float) Math.sqrt(second) + epsilon);
    }
  }

  private static float mean(float s, float threshold) {
    return Math.abs(s) < threshold ? 0f : s;
  }

  private static float square(float s, float threshold) {
    return s < threshold ? 0f : s;
  }
}
