package dev.lanewise.bench.plain;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.testing.Twins;

/**
 * The best loops that a Java developer would write for the same work without the Vector API: {@code
 * Math.exp} and its like, sums in the order that comes first to mind, plain multiplications and
 * additions, loops ordered so that the compiler can vectorize them. They promise no bits.
 */
public final class Plain {
  private Plain() {}

  /**
   * The one offset of all arguments: from equal places the compiler sees that an element written is
   * no later element read, and vectorizes the loop.
   */
  static int same(int one, int other) {
    if (one != other) {
      throw new IllegalArgumentException(
          "plain loops want equal offsets, not " + one + ", " + other);
    }
    return one;
  }

  static int same(int one, int other, int third) {
    return same(same(one, other), third);
  }

  /** Adds x times a row to another. */
  static void add(int n, float x, float[] row, float[] sums) {
    for (int j = 0; j < n; j++) {
      sums[j] += x * row[j];
    }
  }

  /** All families; those without plain loops, such as dropout, are the scalar twins. */
  public static Kernels kernels() {
    return Twins.with(
        Kernels.scalar(),
        new PlainMatmul(),
        new PlainConv2d(),
        new PlainMaxPool2d(),
        new PlainActivation(),
        new PlainSoftmax(),
        new PlainUpdate(),
        new PlainReduce(),
        new PlainElementwise(),
        new PlainAveragePool2d(),
        new PlainNonlinear(),
        new PlainLosses(),
        new PlainBlas());
  }
}
