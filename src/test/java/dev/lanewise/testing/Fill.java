package dev.lanewise.testing;

import java.util.Random;

/** Arrays derived from a seed, so that a failing case is repeated from its one line. */
public final class Fill {
  /** Values that break careless kernels. */
  private static final float[] SPECIALS = {
    0f,
    -0f,
    1f,
    -1f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    0x1p-127f,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    1e-30f,
    0x1p-100f,
    -0x1p-100f,
    1e30f,
    -1e30f,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    16777216f,
    88.5f,
    -87f,
    -104f,
    1e-6f,
    9.3f
  };

  private Fill() {}

  /** Values that break careless kernels: a fresh copy. */
  public static float[] specials() {
    return SPECIALS.clone();
  }

  /** Gaussian values. */
  public static float[] gaussian(long seed, int n) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Gaussian values in which a share of the elements is replaced by {@link #specials()}. */
  public static float[] withSpecials(long seed, int n, double share) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] =
          random.nextDouble() < share
              ? SPECIALS[random.nextInt(SPECIALS.length)]
              : (float) random.nextGaussian();
    }
    return values;
  }

  /** Values with random exponents over the whole range of finite floats, signs mixed. */
  public static float[] wide(long seed, int n) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      values[i] = Float.isFinite(value) ? value : 1f;
    }
    return values;
  }

  /** Labels from 0 to classes − 1. */
  public static int[] labels(long seed, int n, int classes) {
    return new Random(seed).ints(n, 0, classes).toArray();
  }

  /** The values of a matrix as rows of doubles; a matrix without columns has none. */
  public static double[][] rows(float[] values, int columns) {
    double[][] rows = new double[values.length / Math.max(1, columns)][columns];
    for (int i = 0; i < values.length; i++) {
      rows[i / columns][i % columns] = values[i];
    }
    return rows;
  }

  /** The values as doubles. */
  public static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}
