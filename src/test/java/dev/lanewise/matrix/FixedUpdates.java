package dev.lanewise.matrix;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.update.Moments;
import java.util.Arrays;

/** One of the {@link FixedCases}: the update kernels. */
final class FixedUpdates {
  private FixedUpdates() {}

  /** Two steps by every rule. */
  static float[][] run(Kernels kernels, int seed, int n) {
    var kernel = kernels.update();
    float[] g = FixedInputs.values(seed, n);
    for (int i = 0; i < n; i += 5) {
      g[i] = i % 2 == 0 ? 0 : 1e-30f;
    }
    Moments moments = Moments.of(0.9, 0.999, 1e-7);
    float[][] w = new float[12][];
    for (int i = 0; i < w.length; i++) {
      w[i] = FixedInputs.values(seed + 7 * i, n);
    }
    float[][] state = new float[19][n];
    Arrays.fill(state[1], 0.1f);
    for (int step = 0; step < 2; step++) {
      float rate = 0.01f / (step + 1);
      kernel.sgd(n, w[0], 0, g, 0, rate, 0.5f);
      kernel.momentum(n, w[1], 0, g, 0, state[0], rate, 0.9f, 1, step == 0, 0, 0x1p-100f);
      kernel.adagrad(n, w[2], 0, g, 0, state[1], rate, 1e-7f, 0, 0, 0x1p-126f);
      kernel.adadelta(n, w[3], 0, g, 0, state[2], state[3], moments, rate, 1e-7f, 0.1f);
      kernel.rmsprop(
          n, w[4], 0, g, 0, state[4], state[5], state[6], moments, rate, 0.9f, 1, 1e-7f, 0, 0);
      kernel.adam(n, w[5], 0, g, 0, state[7], state[8], state[9], moments, rate, 1e-7f, 0);
      kernel.adamax(n, w[6], 0, g, 0, state[10], state[11], moments, rate, 0, 1e-7f, 0);
      kernel.nadam(n, w[7], 0, g, 0, state[12], state[13], moments, rate, 0.3f * rate, 1e-7f, 0.1f);
      kernel.ftrl(
          n, w[8], 0, g, 0, state[14], state[15], 1 / rate, 0.01f, 0.1f, 0.2f, 0x1p-100f,
          0x1p-126f);
      kernel.lion(n, w[9], 0, g, 0, state[16], moments, rate, 0);
      kernel.decay(n, w[10], 0, rate);
      kernel.average(n, state[17], 0, w[11], 0, 0.9f * step, 1 - 0.9f * step, 0x1p-100f);
    }
    float[][] all = Arrays.copyOf(w, w.length + state.length);
    System.arraycopy(state, 0, all, w.length, state.length);
    return all;
  }
}
