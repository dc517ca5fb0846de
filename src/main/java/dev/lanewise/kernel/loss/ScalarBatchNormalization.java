package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.reduce.ScalarReduce;

/** The scalar twin: the definition of batch normalization. Thread-safe. */
public final class ScalarBatchNormalization extends CheckedBatchNormalization {
  /** Builds the scalar twin. */
  public ScalarBatchNormalization() {
    super(ScalarBatchNormalization::loop, new ScalarReduce());
  }

  private static Pass loop(Step step) {
    return switch (step) {
      case SQUARES -> ScalarBatchNormalization::squares;
      case NORMALIZE -> ScalarBatchNormalization::normalize;
      case PRODUCTS -> ScalarBatchNormalization::products;
      case INPUT_GRADIENT -> ScalarBatchNormalization::inputGradient;
    };
  }

  private static void squares(Strip s) {
    float mean = s.means[s.column];
    for (int i = 0; i < s.rows; i++) {
      float d = s.x.array[s.x.row(i)] - mean;
      s.out.array[s.out.row(i)] = d * d;
    }
  }

  private static void normalize(Strip s) {
    float mean = s.means[s.column];
    float scale = s.scales[s.column];
    float shift = s.shifts[s.column];
    for (int i = 0; i < s.rows; i++) {
      s.out.array[s.out.row(i)] = Fma.fma(s.x.array[s.x.row(i)] - mean, scale, shift);
    }
  }

  private static void products(Strip s) {
    float mean = s.means[s.column];
    float inverse = s.inverses[s.column];
    for (int i = 0; i < s.rows; i++) {
      float h = (s.x.array[s.x.row(i)] - mean) * inverse;
      s.out.array[s.out.row(i)] = s.dy.array[s.dy.row(i)] * h;
    }
  }

  private static void inputGradient(Strip s) {
    float mean = s.means[s.column];
    float inverse = s.inverses[s.column];
    float scale = s.scales[s.column];
    float slope = s.slopes[s.column];
    float shift = s.shifts[s.column];
    for (int i = 0; i < s.rows; i++) {
      float h = (s.x.array[s.x.row(i)] - mean) * inverse;
      float common = Fma.fma(h, slope, shift);
      s.out.array[s.out.row(i)] = scale * (s.dy.array[s.dy.row(i)] - common);
    }
  }
}
