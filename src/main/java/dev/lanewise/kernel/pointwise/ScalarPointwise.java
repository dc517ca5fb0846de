package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.math.Fma.fma;

import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.kernel.math.Nonlinearities;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.pointwise.PointwiseCall.Loop;

/** The four pointwise families by plain loops: the definition. */
public final class ScalarPointwise extends CheckedPointwise {
  /** Makes the scalar twin. */
  public ScalarPointwise() {
    super(null);
  }

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
      case SUBTRACT -> ScalarPointwise::subtract;
      case MULTIPLY -> ScalarPointwise::multiply;
      case DIVIDE -> ScalarPointwise::divide;
      case PRELU -> ScalarPointwise::prelu;
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
            case GELU_TANH -> Nonlinearities.geluTanh(x);
            case SELU -> c.p2 * Nonlinearities.elu(x, c.p1);
            case SWISH -> Nonlinearities.swish(x, c.p1);
            case MISH -> Nonlinearities.mish(x);
            case SOFTSIGN -> x / (1f + Math.abs(x));
            case HARD_SIGMOID -> Nonlinearities.hardSigmoid(x, c.p1, c.p2);
            case HARD_SWISH -> x * Nonlinearities.hardGate(x);
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
            case GELU_TANH -> dy * Nonlinearities.geluTanhSlope(s);
            case SELU -> dy * (s > 0 ? c.p2 : fma(c.p1, c.p2, s));
            case SWISH -> dy * Nonlinearities.swishSlope(s, c.p1);
            case MISH -> dy * Nonlinearities.mishSlope(s);
            case SOFTSIGN -> dy / square(1f + Math.abs(s));
            case HARD_SIGMOID -> s > 0 && s < 1 ? dy * c.p1 : 0f;
            case HARD_SWISH -> dy * Nonlinearities.hardSwishSlope(s);
          };
    }
  }

  private static float square(float x) {
    return x * x;
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

  private static void subtract(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      c.y[c.yo + i] = c.x[c.xo + i] - c.b[c.bo + i];
    }
  }

  private static void multiply(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      c.y[c.yo + i] = c.x[c.xo + i] * c.b[c.bo + i];
    }
  }

  private static void divide(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      c.y[c.yo + i] = c.x[c.xo + i] / c.b[c.bo + i];
    }
  }

  private static void prelu(PointwiseCall c, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      float x = c.x[c.xo + i];
      c.y[c.yo + i] = x > 0 ? x : c.b[c.bo + i] * x;
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
