package dev.lanewise.kernel.nonlinear;

import dev.lanewise.kernel.math.Curves;
import dev.lanewise.kernel.math.Fma;

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
  public void apply(Curve curve, int n, float[] x, int xOffset, float[] y, int yOffset) {
    NonlinearArguments.apply(curve, n, x, xOffset, y, yOffset);
    for (int i = 0; i < n; i++) {
      y[yOffset + i] = value(curve, x[xOffset + i]);
    }
  }

  private static float value(Curve curve, float x) {
    return switch (curve.kind()) {
      case LEAKY_RELU -> x > 0 ? x : curve.parameter() * x;
      case ELU -> Curves.elu(x, curve.parameter());
      case SIGMOID -> Curves.sigmoid(x);
      case TANH -> Curves.tanh(x);
      case SOFTPLUS -> Curves.softplus(x);
      case GELU -> Curves.gelu(x);
    };
  }

  @Override
  public void gradient(
      Curve curve,
      int n,
      float[] saved,
      int savedOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    NonlinearArguments.gradient(curve, n, saved, savedOffset, dy, dyOffset, dx, dxOffset);
    for (int i = 0; i < n; i++) {
      dx[dxOffset + i] = slope(curve, saved[savedOffset + i], dy[dyOffset + i]);
    }
  }

  private static float slope(Curve curve, float s, float dy) {
    return switch (curve.kind()) {
      case LEAKY_RELU -> s > 0 ? dy : curve.parameter() * dy;
      case ELU -> s > 0 ? dy : dy * (s + curve.parameter());
      case SIGMOID -> dy * (s * (1f - s));
      case TANH -> dy * Fma.fma(-s, s, 1f);
      case SOFTPLUS -> dy * Curves.sigmoid(s);
      case GELU -> dy * Curves.geluSlope(s);
    };
  }
}
