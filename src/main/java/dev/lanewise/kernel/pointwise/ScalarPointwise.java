package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.math.Fma.fma;

import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.kernel.math.Nonlinearities;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.pointwise.PointwiseCall.Loop;

/** The four pointwise families by plain loops: the definition. */
public final class ScalarPointwise extends CheckedPointwise {
  /** Makes the scalar twin. */
  public ScalarPointwise() {}

  @Override
  Loop loop(Body body) {
    return switch (body) {
      case ADD_BIAS -> ScalarPointwise::addBias;
      case ADD_BIAS_RELU -> ScalarPointwise::addBiasRelu;
      case RELU_ROWS -> ScalarPointwise::reluRows;
      case RELU -> ScalarPointwise::relu;
      case RELU_GRADIENT -> ScalarPointwise::reluGradient;
      case NONLINEARITY -> ScalarPointwise::nonlinearity;
      case NONLINEARITY_GRADIENT -> ScalarPointwise::nonlinearityGradient;
      case SCALE -> ScalarPointwise::scale;
      case ADD -> ScalarPointwise::add;
      case AXPY -> ScalarPointwise::axpy;
      case CLIP -> ScalarPointwise::clip;
      case ONE_HOT -> ScalarPointwise::oneHot;
      case BYTES_TO_UNIT -> ScalarPointwise::bytesToUnit;
      case DROPOUT -> ScalarPointwise::dropout;
    };
  }

  private static void addBias(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      for (int j = 0; j < c.columns; j++) {
        c.y[c.yo + i * c.ldy + j] = c.x[c.xo + i * c.ldx + j] + c.b[c.bo + j];
      }
    }
  }

  private static void addBiasRelu(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      for (int j = 0; j < c.columns; j++) {
        c.y[c.yo + i * c.ldy + j] = rectify(c.x[c.xo + i * c.ldx + j] + c.b[c.bo + j]);
      }
    }
  }

  private static void reluRows(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      for (int j = 0; j < c.columns; j++) {
        c.y[c.yo + i * c.ldy + j] = rectify(c.x[c.xo + i * c.ldx + j]);
      }
    }
  }

  private static void relu(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      c.y[c.yo + i] = rectify(c.x[c.xo + i]);
    }
  }

  private static void reluGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      c.y[c.yo + i] = c.x[c.xo + i] > 0 ? c.b[c.bo + i] * c.p1 : 0f;
    }
  }

  private static void nonlinearity(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      float x = c.x[c.xo + i];
      c.y[c.yo + i] =
          switch (c.function.kind()) {
            case LEAKY_RELU -> x > 0 ? x : c.p1 * x;
            case ELU -> Nonlinearities.elu(x, c.p1);
            case SIGMOID -> Nonlinearities.sigmoid(x);
            case TANH -> Nonlinearities.tanh(x);
            case SOFTPLUS -> Nonlinearities.softplus(x);
            case GELU -> Nonlinearities.gelu(x);
          };
    }
  }

  private static void nonlinearityGradient(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      float s = c.x[c.xo + i];
      float dy = c.b[c.bo + i];
      c.y[c.yo + i] =
          switch (c.function.kind()) {
            case LEAKY_RELU -> s > 0 ? dy : c.p1 * dy;
            case ELU -> s > 0 ? dy : dy * (s + c.p1);
            case SIGMOID -> dy * (s * (1f - s));
            case TANH -> dy * fma(-s, s, 1f);
            case SOFTPLUS -> dy * Nonlinearities.sigmoid(s);
            case GELU -> dy * Nonlinearities.geluSlope(s);
          };
    }
  }

  private static void scale(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      c.y[c.yo + i] = c.p1 * c.x[c.xo + i];
    }
  }

  private static void add(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      c.y[c.yo + i] = c.x[c.xo + i] + c.b[c.bo + i];
    }
  }

  private static void axpy(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      c.y[c.yo + i] = fma(c.p1, c.x[c.xo + i], c.b[c.bo + i]);
    }
  }

  private static void clip(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      float x = c.x[c.xo + i];
      c.y[c.yo + i] = x < c.p1 ? c.p1 : x > c.p2 ? c.p2 : x;
    }
  }

  private static void oneHot(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      for (int j = 0; j < c.columns; j++) {
        c.y[c.yo + i * c.ldy + j] = c.labels[c.xo + i] == j ? 1f : 0f;
      }
    }
  }

  private static void bytesToUnit(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      c.y[c.yo + i] = (c.bytes[c.xo + i] & 255) / 255f;
    }
  }

  private static void dropout(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      int bits = CounterRandom.bits(c.key, c.index + i);
      boolean kept = Integer.compareUnsigned(bits, c.threshold) >= 0;
      c.y[c.yo + i] = kept ? c.x[c.xo + i] * c.p1 : 0f;
    }
  }

  /** x &lt;= 0 ? +0 : x; written as a maximum (+0 over −0, NaN over all), it needs no branch. */
  private static float rectify(float x) {
    return Math.max(x, 0f);
  }
}
