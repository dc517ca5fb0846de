package dev.lanewise.bench.plain;

import dev.lanewise.kernel.update.Moments;
import dev.lanewise.kernel.update.Update;

/**
 * Optimizer updates, one loop a rule. The benchmarks have no L2 term, so none is computed; state is
 * not flushed.
 */
final class PlainUpdate implements Update, PlainKernel {
  @Override
  public void sgd(int n, float[] w, int offset, float[] g, int gOffset, float rate, float decay) {
    for (int i = 0; i < n; i++) {
      w[offset + i] -= rate * g[gOffset + i];
    }
  }

  @Override
  public void momentum(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] v,
      float inner,
      float momentum,
      float outer,
      boolean nesterov,
      float decay,
      float flush) {
    if (nesterov) {
      for (int i = 0; i < n; i++) {
        float step = inner * g[gOffset + i];
        float velocity = momentum * v[offset + i] - step;
        v[offset + i] = velocity;
        w[offset + i] += outer * (momentum * velocity - step);
      }
    } else {
      for (int i = 0; i < n; i++) {
        float velocity = momentum * v[offset + i] - inner * g[gOffset + i];
        v[offset + i] = velocity;
        w[offset + i] += outer * velocity;
      }
    }
  }

  @Override
  public void adagrad(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] a,
      float rate,
      float inside,
      float outside,
      float decay,
      float flush) {
    for (int i = 0; i < n; i++) {
      float gradient = g[gOffset + i];
      float sum = a[offset + i] + gradient * gradient;
      a[offset + i] = sum;
      w[offset + i] -= rate * gradient / (root(sum + inside) + outside);
    }
  }

  @Override
  public void adadelta(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] a,
      float[] x,
      Moments moments,
      float rate,
      float epsilon,
      float decay) {
    float stays = moments.beta2();
    float comes = moments.oneMinusBeta2();
    for (int i = 0; i < n; i++) {
      float gradient = g[gOffset + i];
      float square = stays * a[offset + i] + comes * gradient * gradient;
      float change = gradient * root(x[offset + i] + epsilon) / root(square + epsilon);
      a[offset + i] = square;
      x[offset + i] = stays * x[offset + i] + comes * change * change;
      w[offset + i] -= rate * change;
    }
  }

  @Override
  public void rmsprop(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] v,
      float[] mean,
      float[] b,
      Moments moments,
      float inner,
      float momentum,
      float outer,
      float inside,
      float outside,
      float decay) {
    float stays = moments.beta2();
    float comes = moments.oneMinusBeta2();
    if (mean.length == 0 && b.length == 0) {
      for (int i = 0; i < n; i++) {
        float gradient = g[gOffset + i];
        float square = stays * v[offset + i] + comes * gradient * gradient;
        v[offset + i] = square;
        w[offset + i] -= outer * (inner * gradient / (root(square + inside) + outside));
      }
    } else if (mean.length == 0) {
      for (int i = 0; i < n; i++) {
        float gradient = g[gOffset + i];
        float square = stays * v[offset + i] + comes * gradient * gradient;
        v[offset + i] = square;
        float velocity =
            momentum * b[offset + i] + inner * gradient / (root(square + inside) + outside);
        b[offset + i] = velocity;
        w[offset + i] -= outer * velocity;
      }
    } else {
      centered(
          n, w, offset, g, gOffset, v, mean, b, moments, inner, momentum, outer, inside, outside);
    }
  }

  private static void centered(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] v,
      float[] mean,
      float[] b,
      Moments moments,
      float inner,
      float momentum,
      float outer,
      float inside,
      float outside) {
    float stays = moments.beta2();
    float comes = moments.oneMinusBeta2();
    float meanStays = moments.beta1();
    float meanComes = moments.oneMinusBeta1();
    boolean rolls = b.length > 0;
    for (int i = 0; i < n; i++) {
      float gradient = g[gOffset + i];
      float square = stays * v[offset + i] + comes * gradient * gradient;
      float average = meanStays * mean[offset + i] + meanComes * gradient;
      v[offset + i] = square;
      mean[offset + i] = average;
      float spread = Math.max(0, square - average * average);
      float step = inner * gradient / (root(spread + inside) + outside);
      if (rolls) {
        step += momentum * b[offset + i];
        b[offset + i] = step;
      }
      w[offset + i] -= outer * step;
    }
  }

  @Override
  public void adam(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      float[] v,
      float[] h,
      Moments moments,
      float alpha,
      float epsilon,
      float decay) {
    float beta1 = moments.beta1();
    float rest1 = moments.oneMinusBeta1();
    float beta2 = moments.beta2();
    float rest2 = moments.oneMinusBeta2();
    if (h.length == 0) {
      for (int i = 0; i < n; i++) {
        float gradient = g[gOffset + i];
        float mean = beta1 * m[offset + i] + rest1 * gradient;
        float square = beta2 * v[offset + i] + rest2 * gradient * gradient;
        m[offset + i] = mean;
        v[offset + i] = square;
        w[offset + i] -= alpha * mean / (root(square) + epsilon);
      }
    } else {
      for (int i = 0; i < n; i++) {
        float gradient = g[gOffset + i];
        float mean = beta1 * m[offset + i] + rest1 * gradient;
        float square = beta2 * v[offset + i] + rest2 * gradient * gradient;
        float largest = Math.max(h[offset + i], square);
        m[offset + i] = mean;
        v[offset + i] = square;
        h[offset + i] = largest;
        w[offset + i] -= alpha * mean / (root(largest) + epsilon);
      }
    }
  }

  @Override
  public void adamax(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      float[] u,
      Moments moments,
      float alpha,
      float inside,
      float outside,
      float decay) {
    float beta1 = moments.beta1();
    float rest1 = moments.oneMinusBeta1();
    float beta2 = moments.beta2();
    for (int i = 0; i < n; i++) {
      float gradient = g[gOffset + i];
      float mean = beta1 * m[offset + i] + rest1 * gradient;
      float largest = Math.max(beta2 * u[offset + i], Math.abs(gradient) + inside);
      m[offset + i] = mean;
      u[offset + i] = largest;
      w[offset + i] -= alpha * mean / (largest + outside);
    }
  }

  @Override
  public void nadam(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      float[] v,
      Moments moments,
      float onMoment,
      float onGradient,
      float epsilon,
      float decay) {
    float beta1 = moments.beta1();
    float rest1 = moments.oneMinusBeta1();
    float beta2 = moments.beta2();
    float rest2 = moments.oneMinusBeta2();
    for (int i = 0; i < n; i++) {
      float gradient = g[gOffset + i];
      float mean = beta1 * m[offset + i] + rest1 * gradient;
      float square = beta2 * v[offset + i] + rest2 * gradient * gradient;
      m[offset + i] = mean;
      v[offset + i] = square;
      w[offset + i] -= (onMoment * mean + onGradient * gradient) / (root(square) + epsilon);
    }
  }

  @Override
  public void ftrl(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] a,
      float[] z,
      float perRate,
      float l1,
      float l2,
      float shrinkage,
      float flushMean,
      float flushSquare) {
    for (int i = 0; i < n; i++) {
      float gradient = g[gOffset + i];
      float sum = a[offset + i] + gradient * gradient;
      float root = root(sum);
      float sigma = (root - root(a[offset + i])) * perRate;
      float linear = z[offset + i] + gradient + shrinkage * w[offset + i] - sigma * w[offset + i];
      a[offset + i] = sum;
      z[offset + i] = linear;
      float clipped = Math.max(-l1, Math.min(l1, linear));
      w[offset + i] = (clipped - linear) / (root * perRate + l2);
    }
  }

  @Override
  public void lion(
      int n,
      float[] w,
      int offset,
      float[] g,
      int gOffset,
      float[] m,
      Moments moments,
      float rate,
      float decay) {
    float beta1 = moments.beta1();
    float rest1 = moments.oneMinusBeta1();
    float beta2 = moments.beta2();
    float rest2 = moments.oneMinusBeta2();
    for (int i = 0; i < n; i++) {
      float gradient = g[gOffset + i];
      float mean = m[offset + i];
      m[offset + i] = beta2 * mean + rest2 * gradient;
      w[offset + i] -= rate * Math.signum(beta1 * mean + rest1 * gradient);
    }
  }

  @Override
  public void decay(int n, float[] w, int offset, float amount) {
    for (int i = 0; i < n; i++) {
      w[offset + i] -= amount * w[offset + i];
    }
  }

  @Override
  public void average(
      int n,
      float[] average,
      int averageOffset,
      float[] w,
      int offset,
      float share,
      float oneMinusShare,
      float flush) {
    for (int i = 0; i < n; i++) {
      average[averageOffset + i] =
          share * average[averageOffset + i] + oneMinusShare * w[offset + i];
    }
  }

  private static float root(float x) {
    return (float) Math.sqrt(x);
  }
}
