package dev.lanewise.kernel.update;

import static dev.lanewise.kernel.math.Fma.fma;
import static dev.lanewise.kernel.update.UpdateArguments.kept;

import dev.lanewise.kernel.support.Check;

/** Optimizer updates by plain loops: the definition. */
public final class ScalarUpdate implements Update {
  /** Makes the scalar twin. */
  public ScalarUpdate() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void sgd(int n, float[] w, int offset, float[] g, int gOffset, float rate, float decay) {
    UpdateArguments.gradient(n, w, offset, g, gOffset);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      w[i] = fma(-rate, l2(g[j], w[i], decay), w[i]);
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
    UpdateArguments.state(n, w, offset, g, gOffset, "v", v);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      float step = -(inner * l2(g[j], w[i], decay));
      v[i] = mean(fma(momentum, v[i], step), flush);
      w[i] = fma(outer, nesterov ? fma(momentum, v[i], step) : v[i], w[i]);
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
    UpdateArguments.state(n, w, offset, g, gOffset, "a", a);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      float gradient = l2(g[j], w[i], decay);
      a[i] = square(fma(gradient, gradient, a[i]), flush);
      w[i] -= (rate * gradient) / (root(a[i] + inside) + outside);
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
    Check.given("moments", moments);
    UpdateArguments.states(n, w, offset, g, gOffset, "a", a, "x", x);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      float gradient = l2(g[j], w[i], decay);
      a[i] = second(a[i], gradient, moments);
      float change = (gradient * root(x[i] + epsilon)) / root(a[i] + epsilon);
      x[i] = second(x[i], change, moments);
      w[i] = fma(-rate, change, w[i]);
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
    Check.given("moments", moments);
    UpdateArguments.rmsprop(n, w, offset, g, gOffset, v, mean, b);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      float gradient = l2(g[j], w[i], decay);
      v[i] = second(v[i], gradient, moments);
      float spread = v[i];
      if (kept(mean)) {
        mean[i] = first(mean[i], gradient, moments);
        float difference = fma(-mean[i], mean[i], v[i]);
        spread = difference < 0 ? 0f : difference;
      }
      float step = (inner * gradient) / (root(spread + inside) + outside);
      if (kept(b)) {
        b[i] = mean(fma(momentum, b[i], step), moments.flushMean());
        step = b[i];
      }
      w[i] = fma(-outer, step, w[i]);
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
    Check.given("moments", moments);
    UpdateArguments.adam(n, w, offset, g, gOffset, m, v, h);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      float gradient = l2(g[j], w[i], decay);
      m[i] = first(m[i], gradient, moments);
      v[i] = second(v[i], gradient, moments);
      float used = v[i];
      if (kept(h)) {
        h[i] = square(h[i] >= used ? h[i] : used, moments.flushSquare());
        used = h[i];
      }
      w[i] -= (alpha * m[i]) / (root(used) + epsilon);
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
    Check.given("moments", moments);
    UpdateArguments.states(n, w, offset, g, gOffset, "m", m, "u", u);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      float gradient = l2(g[j], w[i], decay);
      m[i] = first(m[i], gradient, moments);
      float faded = moments.beta2() * u[i];
      float size = Math.abs(gradient) + inside;
      u[i] = square(faded >= size ? faded : size, moments.flushSquare());
      w[i] -= (alpha * m[i]) / (u[i] + outside);
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
    Check.given("moments", moments);
    UpdateArguments.states(n, w, offset, g, gOffset, "m", m, "v", v);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      float gradient = l2(g[j], w[i], decay);
      m[i] = first(m[i], gradient, moments);
      v[i] = second(v[i], gradient, moments);
      w[i] -= fma(onMoment, m[i], onGradient * gradient) / (root(v[i]) + epsilon);
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
    UpdateArguments.states(n, w, offset, g, gOffset, "a", a, "z", z);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      float before = root(a[i]);
      a[i] = square(fma(g[j], g[j], a[i]), flushSquare);
      float after = root(a[i]);
      float pull = (after - before) * perRate;
      z[i] = mean(z[i] + fma(-pull, w[i], fma(shrinkage, w[i], g[j])), flushMean);
      w[i] = Math.abs(z[i]) <= l1 ? 0f : ((z[i] < 0 ? -l1 : l1) - z[i]) / fma(after, perRate, l2);
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
    Check.given("moments", moments);
    UpdateArguments.state(n, w, offset, g, gOffset, "m", m);
    for (int i = offset, j = gOffset; i < offset + n; i++, j++) {
      float gradient = l2(g[j], w[i], decay);
      float blend = fma(moments.oneMinusBeta1(), gradient, moments.beta1() * m[i]);
      m[i] =
          mean(fma(moments.oneMinusBeta2(), gradient, moments.beta2() * m[i]), moments.flushMean());
      w[i] = fma(-rate, blend > 0 ? 1f : blend < 0 ? -1f : blend, w[i]);
    }
  }

  @Override
  public void decay(int n, float[] w, int offset, float amount) {
    UpdateArguments.weights(n, w, offset);
    for (int i = offset; i < offset + n; i++) {
      w[i] = fma(-amount, w[i], w[i]);
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
    UpdateArguments.average(n, average, averageOffset, w, offset);
    for (int i = averageOffset, j = offset; i < averageOffset + n; i++, j++) {
      average[i] = mean(fma(oneMinusShare, w[j], share * average[i]), flush);
    }
  }

  /** The gradient with its L2 term. */
  private static float l2(float g, float w, float decay) {
    return decay == 0 ? g : fma(decay, w, g);
  }

  /** A new mean. */
  private static float first(float old, float x, Moments by) {
    return mean(fma(by.oneMinusBeta1(), x, by.beta1() * old), by.flushMean());
  }

  /** A new mean square. */
  private static float second(float old, float x, Moments by) {
    return square(fma(by.oneMinusBeta2(), x * x, by.beta2() * old), by.flushSquare());
  }

  private static float root(float x) {
    return (float) Math.sqrt(x);
  }

  private static float mean(float s, float threshold) {
    return Math.abs(s) < threshold ? 0f : s;
  }

  private static float square(float s, float threshold) {
    return s < threshold ? 0f : s;
  }
}
