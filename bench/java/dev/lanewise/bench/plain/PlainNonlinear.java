package dev.lanewise.bench.plain;

import dev.lanewise.kernel.pointwise.Nonlinear;
import dev.lanewise.kernel.pointwise.Nonlinearity;

/**
 * Activation functions by Math.exp, log1p, expm1 and tanh; the normal distribution by formula
 * 7.1.26 of Abramowitz and Stegun, since Java has none.
 */
final class PlainNonlinear implements Nonlinear, PlainKernel {
  private static final float ROOT_HALF = (float) Math.sqrt(0.5);
  private static final float DENSITY = (float) (1 / Math.sqrt(2 * Math.PI));

  @Override
  public void apply(Nonlinearity function, int n, float[] x, int xOffset, float[] y, int yOffset) {
    int at = Plain.same(xOffset, yOffset);
    float parameter = function.parameter();
    switch (function.kind()) {
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          float z = x[at + i];
          y[at + i] = z > 0 ? z : parameter * z;
        }
      }
      case ELU -> {
        for (int i = 0; i < n; i++) {
          float z = x[at + i];
          y[at + i] = z > 0 ? z : parameter * (float) Math.expm1(z);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = sigmoid(x[at + i]);
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          y[at + i] = (float) Math.tanh(x[at + i]);
        }
      }
      case SOFTPLUS -> {
        for (int i = 0; i < n; i++) {
          float z = x[at + i];
          y[at + i] = Math.max(z, 0) + (float) Math.log1p(Math.exp(-Math.abs(z)));
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          float z = x[at + i];
          y[at + i] = z * normal(z);
        }
      }
    }
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
    int at = Plain.same(savedOffset, dyOffset, dxOffset);
    float parameter = function.parameter();
    switch (function.kind()) {
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          float d = dy[at + i];
          dx[at + i] = saved[at + i] > 0 ? d : parameter * d;
        }
      }
      case ELU -> {
        for (int i = 0; i < n; i++) {
          float y = saved[at + i];
          float d = dy[at + i];
          dx[at + i] = y > 0 ? d : d * (y + parameter);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          float y = saved[at + i];
          dx[at + i] = dy[at + i] * y * (1 - y);
        }
      }
      case TANH -> {
        for (int i = 0; i < n; i++) {
          float y = saved[at + i];
          dx[at + i] = dy[at + i] * (1 - y * y);
        }
      }
      case SOFTPLUS -> {
        for (int i = 0; i < n; i++) {
          dx[at + i] = dy[at + i] * sigmoid(saved[at + i]);
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          float z = saved[at + i];
          float slope = normal(z) + z * DENSITY * (float) Math.exp(-0.5f * z * z);
          dx[at + i] = dy[at + i] * slope;
        }
      }
    }
  }

  private static float sigmoid(float x) {
    return 1 / (1 + (float) Math.exp(-x));
  }

  private static float normal(float x) {
    float z = Math.abs(x) * ROOT_HALF;
    float t = 1 / (1 + 0.3275911f * z);
    float p = ((((1.0614054f * t - 1.4531521f) * t) + 1.4214138f) * t - 0.28449672f) * t;
    float tail = 0.5f * (p + 0.2548296f) * t * (float) Math.exp(-z * z);
    return x > 0 ? 1 - tail : tail;
  }
}
