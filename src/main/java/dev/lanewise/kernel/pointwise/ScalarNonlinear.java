package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.math.Nonlinearities;

/** Activation functions by plain loops: the definition. */
public final class ScalarNonlinear implements Nonlinear {
  /** Makes the scalar twin. */
  public ScalarNonlinear() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void apply(Nonlinearity function, int n, float[] x, int xOffset, float[] y, int yOffset) {
    NonlinearArguments.apply(function, n, x, xOffset, y, yOffset);
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = value(function, x[xOffset + i]);
    }
  }

  private static float value(Nonlinearity function, float x) {
    return switch (function.kind()) {
      case LEAKY_RELU -> x > 0 ? x : function.parameter() * x;
      case ELU -> Nonlinearities.elu(x, function.parameter());
      case SIGMOID -> Nonlinearities.sigmoid(x);
      case TANH -> Nonlinearities.tanh(x);
      case SOFTPLUS -> Nonlinearities.softplus(x);
      case GELU -> Nonlinearities.gelu(x);
    };
  }

  @Override
  public void gradient(
      Nonlinearity function,
      int n,
      float[] saved,
      int savedOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    NonlinearArguments.gradient(function, n, saved, savedOffset, dy, dyOffset, dx, dxOffset);
    for (int i = 0; i < n; i++) {
      dx[dxOffset + i] = slope(function, saved[savedOffset + i], dy[dyOffset + i]);
    }
  }

  private static float slope(Nonlinearity function, float s, float dy) {
    return switch (function.kind()) {
      case LEAKY_RELU -> s > 0 ? dy : function.parameter() * dy;
      case ELU -> s > 0 ? dy : dy * (s + function.parameter());
      case SIGMOID -> dy * (s * (1f - s));
      case TANH -> dy * Fma.fma(-s, s, 1f);
      case SOFTPLUS -> dy * Nonlinearities.sigmoid(s);
      case GELU -> dy * Nonlinearities.geluSlope(s);
    };
  }
}
