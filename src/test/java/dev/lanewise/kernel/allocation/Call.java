package dev.lanewise.kernel.allocation;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A kernel's method, called with sizes that a vector loop gets wrong first.
 *
 * @param name the family and the method
 * @param sizes what it is called with, one after the other
 * @param prepare makes the call of a set of kernels, which takes a size and allocates nothing
 */
record Call(String name, int[] sizes, Function<Kernels, IntConsumer> prepare) {
  /** A vector's length that a team divides, and that is no multiple of anything. */
  static final int LONG = 20_011;

  /** The largest of the small sizes. */
  static final int MOST = 4 * VectorWidth.LANES + 1;

  /** 1 to 4L + 1. */
  static int[] small() {
    return IntStream.rangeClosed(1, MOST).toArray();
  }

  /** The small sizes and a long vector. */
  static int[] vectors() {
    return IntStream.concat(Arrays.stream(small()), IntStream.of(LONG)).toArray();
  }

  /** One size, for calls that choose their own. */
  static int[] once() {
    return new int[] {1};
  }
}
