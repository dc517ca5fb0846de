package dev.lanewise.kernel.pointwise;

import static dev.lanewise.testing.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.testing.Bits;
import dev.lanewise.testing.BothTwins;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Teams;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The definition against double-precision formulas; both twins. */
class ScalarNonlinearTest {
  private static Nonlinearity function(Nonlinearity.Kind kind) {
    return switch (kind) {
      case LEAKY_RELU -> Nonlinearity.leakyRelu(0.3f);
      case ELU -> Nonlinearity.elu(1);
      case SELU -> Nonlinearity.selu(1.6732632f, 1.050701f);
      case SWISH -> Nonlinearity.swish(1);
      case HARD_SIGMOID -> Nonlinearity.hardSigmoid(0.2f, 0.5f);
      default -> new Nonlinearity(kind, 0);
    };
  }

  /** The functions in double. */
  private static double exact(Nonlinearity function, double x) {
    double parameter = function.parameter();
    return switch (function.kind()) {
      case LEAKY_RELU -> x > 0 ? x : parameter * x;
      case ELU -> x > 0 ? x : parameter * Math.expm1(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case GELU -> x * normal(x);
      case GELU_TANH -> x / (1 + Math.exp(-Math.sqrt(8 / Math.PI) * (x + 0.044715 * x * x * x)));
      case SELU -> function.second() * (x > 0 ? x : parameter * Math.expm1(x));
      case SWISH -> x / (1 + Math.exp(-parameter * x));
      case MISH -> x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case HARD_SIGMOID -> Math.clamp(parameter * x + function.second(), 0.0, 1.0);
      case HARD_SWISH -> x * Math.clamp(x / 6 + 0.5, 0.0, 1.0);
    };
  }

  /** The normal distribution: a series of positive terms, or a continued fraction. */
  private static double normal(double x) {
    double a = Math.abs(x);
    double bell = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    if (a < 2.5) {
      double sum = 0;
      double term = a;
      for (int n = 1; n < 120; n++) {
        sum += term;
        term *= a * a / (2 * n + 1);
      }
      return x > 0 ? 0.5 + bell * sum : 0.5 - bell * sum;
    }
    double fraction = a;
    for (int n = 200; n > 0; n--) {
      fraction = a + n / fraction;
    }
    return x > 0 ? 1 - bell / fraction : bell / fraction;
  }

  /** The errors that {@code Nonlinearities} states, over floats of all magnitudes. */
  @ParameterizedTest
  @EnumSource(Nonlinearity.Kind.class)
  void errorsAreWhatIsStated(Nonlinearity.Kind kind) {
    double stated =
        switch (kind) {
          case LEAKY_RELU -> 0.51;
          case ELU -> 1.3;
          case SIGMOID -> 2.4;
          case TANH -> 1.4;
          case SOFTPLUS -> 2.2;
          case GELU -> 6.5;
          case GELU_TANH -> 200;
          case SELU -> 2.4;
          case SWISH -> 4.1;
          case MISH -> 4.3;
          case SOFTSIGN -> 1.5;
          case HARD_SIGMOID -> 0.51;
          case HARD_SWISH -> 1.9;
        };
    double slack = kind == Nonlinearity.Kind.GELU_TANH ? 2e-5 : 1e-6;
    Nonlinearity function = function(kind);
    int stride = Integer.getInteger("lanewise.ulpStride", 4099);
    float[] x = new float[4096];
    float[] y = new float[x.length];
    double worst = 0;
    float at = 0;
    Nonlinear twin = new SimdPointwise(Teams.of(1));
    for (long from = 0; from < 1L << 32; from += (long) stride * x.length) {
      for (int i = 0; i < x.length; i++) {
        float value = Float.intBitsToFloat((int) (from + (long) i * stride));
        x[i] = Math.abs(value) < 200 ? value : 1f;
      }
      twin.apply(function, x, y);
      for (int i = 0; i < x.length; i++) {
        double expected = exact(function, x[i]);
        if (Math.abs(expected) >= 0x1p-122) {
          double error = Math.abs(y[i] - expected) / Math.ulp((float) expected);
          if (!(error <= worst)) {
            worst = error;
            at = x[i];
          }
        } else {
          assertEquals(
              expected,
              y[i],
              (11 + Math.abs(x[i])) * Float.MIN_VALUE + slack * Math.abs(expected),
              kind + " of " + x[i]);
        }
      }
    }
    assertTrue(worst <= stated, kind + " is " + worst + " ulp off at " + at);
    assertTrue(worst > 0.6 * stated, kind + " is at most " + worst + " ulp off, at " + at);
  }

  @BothTwins
  void endsAreRight(Nonlinear twin) {
    float inf = Float.POSITIVE_INFINITY;
    float[] x = {Float.NaN, inf, -inf, 0f, -0f, 1e30f, -1e30f};
    Map<Nonlinearity, float[]> ends =
        Map.of(
            Nonlinearity.leakyRelu(0.5f),
            new float[] {Float.NaN, inf, -inf, 0f, -0f, 1e30f, -5e29f},
            Nonlinearity.elu(2),
            new float[] {Float.NaN, inf, -2f, 0f, 0f, 1e30f, -2f},
            Nonlinearity.SIGMOID,
            new float[] {Float.NaN, 1f, 0f, 0.5f, 0.5f, 1f, 0f},
            Nonlinearity.TANH,
            new float[] {Float.NaN, 1f, -1f, 0f, -0f, 1f, -1f},
            Nonlinearity.GELU,
            new float[] {Float.NaN, inf, Float.NaN, 0f, -0f, 1e30f, -0f});
    ends.forEach(
        (function, expected) -> {
          float[] y = new float[x.length];
          twin.apply(function, x, y);
          Bits.assertSame(function.toString(), expected, y);
        });
    float[] y = new float[x.length];
    twin.apply(Nonlinearity.SOFTPLUS, x, y);
    double log2 = Math.log(2);
    Bits.assertClose(
        "softplus", new double[] {Double.NaN, 1. / 0, 0, log2, log2, 1e30, 0}, y, 1e-6, 0);
  }

  @BothTwins
  void gradientsAgreeWithFiniteDifferences(Nonlinear twin) {
    int n = 150;
    float[] dy = Fill.gaussian(2, n);
    for (Nonlinearity.Kind kind : Nonlinearity.Kind.values()) {
      Nonlinearity function = function(kind);
      float[] x = Fill.gaussian(1, n);
      float[] y = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = Math.abs(x[i]) < 1e-3 ? 0.5f : x[i] * 2;
      }
      twin.apply(function, x, y);
      float[] dx = new float[n];
      twin.backward(function, n, function.gradientReadsOutput() ? y : x, 0, dy, 0, dx, 0);
      double[] expected = new double[n];
      double h = 1e-5;
      for (int i = 0; i < n; i++) {
        expected[i] = dy[i] * (exact(function, x[i] + h) - exact(function, x[i] - h)) / (2 * h);
      }
      Bits.assertClose(kind.toString(), expected, dx, 1e-5, 1e-6);
      Bits.assertNotMostlyZero(kind.toString(), dx);
    }
  }

  @BothTwins
  void refusals(Nonlinear twin) {
    float[] x = new float[20];
    float[] y = new float[20];
    refused("n is -1", () -> twin.apply(Nonlinearity.TANH, -1, x, 0, y, 0));
    refused("x has 20 elements, but 5 from", () -> twin.apply(Nonlinearity.TANH, 5, x, 16, y, 0));
    refused("y (elements 1 to 5) overlaps x", () -> twin.apply(Nonlinearity.TANH, 5, x, 0, x, 1));
    refused("y has 3 elements", () -> twin.apply(Nonlinearity.TANH, x, new float[3]));
    refused("overlaps saved", () -> twin.backward(Nonlinearity.GELU, 5, x, 0, y, 0, x, 2));
    refused("overlaps dy", () -> twin.backward(Nonlinearity.GELU, 5, y, 0, x, 0, x, 2));
    refused("the slope is -0.5, but must be finite and not", () -> Nonlinearity.leakyRelu(-0.5f));
    refused("alpha is NaN", () -> Nonlinearity.elu(Float.NaN));
  }
}
