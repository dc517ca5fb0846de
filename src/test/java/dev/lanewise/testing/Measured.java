package dev.lanewise.testing;

import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Cases whose calls must not allocate, at sizes that a vector loop gets wrong first.
 *
 * @param name what the size is of
 * @param sizes the sizes, one after the other
 * @param of the case of a size
 */
public record Measured(String name, int[] sizes, IntFunction<KernelCase> of) {
  /** A vector's length that a team divides, and that is no multiple of anything. */
  public static final int LONG = 20_011;

  private static final int MOST = 4 * VectorWidth.LANES + 1;

  /** 1 to 4L + 1. */
  public static Measured small(String name, IntFunction<KernelCase> of) {
    return new Measured(name, IntStream.rangeClosed(1, MOST).toArray(), of);
  }

  /** The small sizes and a long vector. */
  public static Measured vectors(String name, IntFunction<KernelCase> of) {
    int[] small = small(name, of).sizes;
    int[] sizes = Arrays.copyOf(small, small.length + 1);
    sizes[small.length] = LONG;
    return new Measured(name, sizes, of);
  }

  /** One case of its own size. */
  public static Measured once(String name, KernelCase of) {
    return new Measured(name, new int[] {1}, n -> of);
  }
}
