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
    int at = Plain.same(offset, gOffset);
    for (int i = 0; i < n; i++) {
      w[at + i] -= rate * g[at + i];
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
    int at = Plain.same(offset, gOffset);
    if (nesterov) {
      for (int i = 0; i < n; i++) {
        float step = inner * g[at + i];
        float velocity = momentum * v[at + i] - step;
        v[at + i] = velocity;
        w[at + i] += outer * (momentum * velocity - step);
      }
    } else {
      for (int i = 0; i < n; i++) {
        float velocity = momentum * v[at + i] - inner * g[at + i];
        v[at + i] = velocity;
        w[at + i] += outer * velocity;
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
    int at = Plain.same(offset, gOffset);
    for (int i = 0; i < n; i++) {
      float gradient = g[at + i];
      float sum = a[at + i] + gradient * gradient;
      a[at + i] = sum;
      w[at + i] -= rate * gradient / (root(sum + inside) + outside);
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
    int at = Plain.same(offset, gOffset);
    float stays = moments.beta2();
    float comes = moments.oneMinusBeta2();
    for (int i = 0; i < n; i++) {
      float gradient = g[at + i];
      float square = stays * a[at + i] + comes * gradient * gradient;
      float change = gradient * root(x[at + i] + epsilon) / root(square + epsilon);
      a[at + i] = square;
      x[at + i] = stays * x[at + i] + comes * change * change;
      w[at + i] -= rate * change;
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
    int at = Plain.same(offset, gOffset);
    float stays = moments.beta2();
    float comes = moments.oneMinusBeta2();
    if (mean.length == 0 && b.length == 0) {
      for (int i = 0; i < n; i++) {
        float gradient = g[at + i];
        float square = stays * v[at + i] + comes * gradient * gradient;
        v[at + i] = square;
        w[at + i] -= outer * (inner * gradient / (root(square + inside) + outside));
      }
    } else if (mean.length == 0) {
      for (int i = 0; i < n; i++) {
        float gradient = g[at + i];
        float square = stays * v[at + i] + comes * gradient * gradient;
        v[at + i] = square;
        float velocity =
            momentum * b[at + i] + inner * gradient / (root(square + inside) + outside);
        b[at + i] = velocity;
        w[at + i] -= outer * velocity;
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
    int at = Plain.same(offset, gOffset);
    float stays = moments.beta2();
    float comes = moments.oneMinusBeta2();
    float meanStays = moments.beta1();
    float meanComes = moments.oneMinusBeta1();
    boolean rolls = b.length > 0;
    for (int i = 0; i < n; i++) {
      float gradient = g[at + i];
      float square = stays * v[at + i] + comes * gradient * gradient;
      float average = meanStays * mean[at + i] + meanComes * gradient;
      v[at + i] = square;
      mean[at + i] = average;
      float spread = Math.max(0, square - average * average);
      float step = inner * gradient / (root(spread + inside) + outside);
      if (rolls) {
        step += momentum * b[at + i];
        b[at + i] = step;
      }
      w[at + i] -= outer * step;
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
    int at = Plain.same(offset, gOffset);
    float beta1 = moments.beta1();
    float rest1 = moments.oneMinusBeta1();
    float beta2 = moments.beta2();
    float rest2 = moments.oneMinusBeta2();
    if (h.length == 0) {
      for (int i = 0; i < n; i++) {
        float gradient = g[at + i];
        float mean = beta1 * m[at + i] + rest1 * gradient;
        float square = beta2 * v[at + i] + rest2 * gradient * gradient;
        m[at + i] = mean;
        v[at + i] = square;
        w[at + i] -= alpha * mean / (root(square) + epsilon);
      }
    } else {
      for (int i = 0; i < n; i++) {
        float gradient = g[at + i];
        float mean = beta1 * m[at + i] + rest1 * gradient;
        float square = beta2 * v[at + i] + rest2 * gradient * gradient;
        float largest = Math.max(h[at + i], square);
        m[at + i] = mean;
        v[at + i] = square;
        h[at + i] = largest;
        w[at + i] -= alpha * mean / (root(largest) + epsilon);
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
    int at = Plain.same(offset, gOffset);
    float beta1 = moments.beta1();
    float rest1 = moments.oneMinusBeta1();
    float beta2 = moments.beta2();
    for (int i = 0; i < n; i++) {
      float gradient = g[at + i];
      float mean = beta1 * m[at + i] + rest1 * gradient;
      float largest = Math.max(beta2 * u[at + i], Math.abs(gradient) + inside);
      m[at + i] = mean;
      u[at + i] = largest;
      w[at + i] -= alpha * mean / (largest + outside);
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
    int at = Plain.same(offset, gOffset);
    float beta1 = moments.beta1();
    float rest1 = moments.oneMinusBeta1();
    float beta2 = moments.beta2();
    float rest2 = moments.oneMinusBeta2();
    for (int i = 0; i < n; i++) {
      float gradient = g[at + i];
      float mean = beta1 * m[at + i] + rest1 * gradient;
      float square = beta2 * v[at + i] + rest2 * gradient * gradient;
      m[at + i] = mean;
      v[at + i] = square;
      w[at + i] -= (onMoment * mean + onGradient * gradient) / (root(square) + epsilon);
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
    int at = Plain.same(offset, gOffset);
    for (int i = 0; i < n; i++) {
      float gradient = g[at + i];
      float sum = a[at + i] + gradient * gradient;
      float root = root(sum);
      float sigma = (root - root(a[at + i])) * perRate;
      float linear = z[at + i] + gradient + shrinkage * w[at + i] - sigma * w[at + i];
      a[at + i] = sum;
      z[at + i] = linear;
      float clipped = Math.max(-l1, Math.min(l1, linear));
      w[at + i] = (clipped - linear) / (root * perRate + l2);
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
    int at = Plain.same(offset, gOffset);
    float beta1 = moments.beta1();
    float rest1 = moments.oneMinusBeta1();
    float beta2 = moments.beta2();
    float rest2 = moments.oneMinusBeta2();
    for (int i = 0; i < n; i++) {
      float gradient = g[at + i];
      float mean = m[at + i];
      m[at + i] = beta2 * mean + rest2 * gradient;
      w[at + i] -= rate * Math.signum(beta1 * mean + rest1 * gradient);
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
    int at = Plain.same(averageOffset, offset);
    for (int i = 0; i < n; i++) {
      average[at + i] = share * average[at + i] + oneMinusShare * w[at + i];
    }
  }

  private static float root(float x) {
    return (float) Math.sqrt(x);
  }
}
