package dev.lanewise.data;

import dev.lanewise.kernel.math.CounterRandom;

/**
 * The order in which the samples of an epoch are taken.
 *
 * <p>It depends on the seed and the epoch's number alone: not on the epochs before, so that a
 * training that is resumed goes on in the same order.
 */
public final class Shuffle {
  /** The stream of random numbers that shuffles; layers and initializers count from 0. */
  public static final int STREAM = -1;

  private Shuffle() {}

  /**
   * Fills an array with the numbers from 0 in the order of one epoch. Allocates nothing.
   *
   * @param seed the user's seed
   * @param epoch the epoch's number
   * @param order where the order is written; whatever it held does not matter
   */
  public static void epoch(long seed, long epoch, int[] order) {
    ascending(order);
    long key = CounterRandom.key(seed, STREAM, epoch);
    // Fisher and Yates: the last place gets any of the numbers, the place before any of the rest, …
    for (int i = order.length - 1; i > 0; i--) {
      int other = CounterRandom.below(key, i, i + 1);
      int number = order[i];
      order[i] = order[other];
      order[other] = number;
    }
  }

  /**
   * Fills an array with the numbers from 0 ascending: the order of an evaluation. Allocates
   * nothing.
   *
   * @param order where the order is written
   */
  public static void ascending(int[] order) {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
  }
}
