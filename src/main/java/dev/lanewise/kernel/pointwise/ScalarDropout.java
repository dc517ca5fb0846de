package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.math.CounterRandom;

/** Dropout by a plain loop: the definition. */
public final class ScalarDropout implements Dropout {
  /** Makes the scalar twin. */
  public ScalarDropout() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void apply(
      int n,
      double rate,
      long key,
      int firstIndex,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    DropoutArguments.check(n, rate, firstIndex, x, xOffset, y, yOffset);
    if (rate == 0) {
      System.arraycopy(x, xOffset, y, yOffset, n);
      return;
    }
    long threshold = DropoutArguments.threshold(rate);
    float scale = Dropout.scale(rate);
    for (int i = 0; i < n; i++) {
      long value = Integer.toUnsignedLong(CounterRandom.bits(key, firstIndex + i));
      y[yOffset + i] = value >= threshold ? x[xOffset + i] * scale : 0f;
    }
  }
}
