package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.ScalarBlocks;

/** The scalar twin: the definition of layer normalization. Thread-safe. */
public final class ScalarNormalization extends CheckedNormalization {
  /** Builds the scalar twin. */
  public ScalarNormalization() {
    super(null);
  }

  @Override
  void mean(Row r) {
    r.setMean(ScalarBlocks.sum(r.n, r.h, 0, r.lanes));
  }

  @Override
  void differences(Row r) {
    float mean = r.mean();
    for (int j = 0; j < r.roundedUp; j++) {
      r.h[j] -= mean;
    }
  }

  @Override
  void inverse(Row r) {
    r.setInverse(ScalarBlocks.dot(r.n, r.h, 0, r.h, 0, r.lanes));
  }

  @Override
  void scaleAndShift(Row r) {
    float inverse = r.inverse();
    for (int j = 0; j < r.roundedUp; j++) {
      r.h[j] = Fma.fma(r.h[j] * inverse, r.gamma[j], r.beta[j]);
    }
  }

  @Override
  void scaledGradient(Row r) {
    float mean = r.mean();
    float inverse = r.inverse();
    for (int j = 0; j < r.roundedUp; j++) {
      r.h[j] = (r.h[j] - mean) * inverse;
      r.g[j] = r.dy[j] * r.gamma[j];
      r.dy[j] *= r.h[j];
    }
  }

  @Override
  void meanOfG(Row r) {
    r.meanOfG = ScalarBlocks.sum(r.n, r.g, 0, r.lanes) / r.n;
  }

  @Override
  void meanOfGh(Row r) {
    r.meanOfGh = ScalarBlocks.dot(r.n, r.g, 0, r.h, 0, r.lanes) / r.n;
  }

  @Override
  void inputGradient(Row r) {
    float inverse = r.inverse();
    for (int j = 0; j < r.roundedUp; j++) {
      r.h[j] = inverse * (r.g[j] - Fma.fma(r.h[j], r.meanOfGh, r.meanOfG));
    }
  }
}
