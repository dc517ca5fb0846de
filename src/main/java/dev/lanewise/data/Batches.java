package dev.lanewise.data;

import dev.lanewise.kernel.support.Check;

/** The argument checks that samples and targets share. */
final class Batches {
  private Batches() {}

  /** Refuses a batch that leaves its order, names what does not exist, or leaves its array. */
  static void check(
      int available, int size, int[] order, int from, int count, int length, int offset) {
    Check.atLeast("count", count, 0);
    if (from < 0 || (long) from + count > order.length) {
      throw new IllegalArgumentException(
          "from is "
              + from
              + " and count is "
              + count
              + ", but order has "
              + order.length
              + " elements");
    }
    Check.range("batch", length, offset, (long) count * size);
    for (int i = from; i < from + count; i++) {
      if (order[i] < 0 || order[i] >= available) {
        throw new IllegalArgumentException(
            "order[" + i + "] is " + order[i] + ", but must be from 0 to " + (available - 1));
      }
    }
  }

  /** Refuses a slice that is empty or leaves what there is. */
  static void slice(int available, int from, int to) {
    if (from < 0 || to > available || from >= to) {
      throw new IllegalArgumentException(
          "the slice from "
              + from
              + " to "
              + to
              + " is empty or leaves the "
              + available
              + " that there are");
    }
  }

  /** Refuses an array that does not hold a whole number of samples, at least one. */
  static int count(String name, int length, int size, Object shape) {
    if (size == 0 || length == 0 || length % size != 0) {
      throw new IllegalArgumentException(
          name
              + " has "
              + length
              + " elements, but must hold one or more of shape "
              + shape
              + " ("
              + size
              + " elements each)");
    }
    return length / size;
  }
}
