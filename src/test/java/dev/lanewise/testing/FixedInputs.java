package dev.lanewise.testing;

import dev.lanewise.kernel.math.CounterRandom;

/** Inputs of the cases that are hashed, from our own generator: the same everywhere. */
public final class FixedInputs {
  private static final float[] SPECIALS = {
    0f, -0f, Float.MIN_VALUE, -1e-39f, 1e30f, -1e-30f, Float.MAX_VALUE, 16777216f, 88.5f, -104f
  };

  private FixedInputs() {}

  /** Values from −1 to 1. */
  public static float[] values(int seed, int n) {
    long key = CounterRandom.key(seed, 1, 1);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 2 * CounterRandom.uniform(key, i) - 1;
    }
    return values;
  }

  /** Values from −1 to 1 with every seventh a special one. */
  public static float[] rough(int seed, int n) {
    float[] values = values(seed, n);
    for (int i = seed % 7; i < n; i += 7) {
      values[i] = SPECIALS[(i / 7) % SPECIALS.length];
    }
    return values;
  }

  public static int[] labels(int seed, int n, int classes) {
    long key = CounterRandom.key(seed, 2, 1);
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = CounterRandom.below(key, i, classes);
    }
    return labels;
  }

  public static float[] floats(int[] ints) {
    float[] floats = new float[ints.length];
    for (int i = 0; i < ints.length; i++) {
      floats[i] = ints[i];
    }
    return floats;
  }
}
