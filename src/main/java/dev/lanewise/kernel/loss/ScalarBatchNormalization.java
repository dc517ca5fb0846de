package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.reduce.ScalarReduce;

/** The scalar twin: the definition of batch normalization. Thread-safe. */
public final class ScalarBatchNormalization extends CheckedBatchNormalization {
  /** Builds the scalar twin. */
  public ScalarBatchNormalization() {
    super(new ScalarReduce());
  }

  private static float inverse(Strip s) {
    return 1f / (float) Math.sqrt(s.variance[s.column] + s.epsilon);
  }

  @Override
  void squares(Strip s) {
    float mean = s.mean[s.column];
    for (int i = 0; i < s.rows; i++) {
      float d = s.x.get(i, 0) - mean;
      s.out.set(i, 0, d * d);
    }
  }

  @Override
  void normalize(Strip s) {
    float mean = s.mean[s.column];
    float scale = s.gamma[s.column] * inverse(s);
    float beta = s.beta[s.column];
    for (int i = 0; i < s.rows; i++) {
      s.out.set(i, 0, Fma.fma(s.x.get(i, 0) - mean, scale, beta));
    }
  }

  @Override
  void products(Strip s) {
    float mean = s.mean[s.column];
    float inverse = inverse(s);
    for (int i = 0; i < s.rows; i++) {
      float h = (s.x.get(i, 0) - mean) * inverse;
      s.out.set(i, 0, s.dy.get(i, 0) * h);
    }
  }

  @Override
  void inputGradient(Strip s) {
    float mean = s.mean[s.column];
    float inverse = inverse(s);
    float scale = s.gamma[s.column] * inverse;
    float slope = s.dgamma[s.column] / s.n;
    float shift = s.dbeta[s.column] / s.n;
    for (int i = 0; i < s.rows; i++) {
      float h = (s.x.get(i, 0) - mean) * inverse;
      s.out.set(i, 0, scale * (s.dy.get(i, 0) - Fma.fma(h, slope, shift)));
    }
  }
}
