package dev.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShuffleTest {
  private static int[] epoch(long seed, long epoch, int n) {
    int[] order = new int[n];
    Arrays.fill(order, -7);
    Shuffle.epoch(seed, epoch, order);
    return order;
  }

  /** Fixed for good: another order would change the weights that a seed leads to. */
  @Test
  void theOrderNeverChanges() {
    assertArrayEquals(new int[] {5, 1, 8, 3, 2, 7, 6, 0, 4, 9}, epoch(1, 0, 10));
    assertArrayEquals(new int[] {3, 8, 9, 1, 7, 0, 4, 5, 6, 2}, epoch(1, 1, 10));
  }

  @Property
  void isAPermutation(@ForAll long seed, @ForAll long epoch, @ForAll @IntRange(max = 300) int n) {
    int[] order = epoch(seed, epoch, n);
    int[] again = epoch(seed, epoch, n);
    assertArrayEquals(order, again);
    Arrays.sort(order);
    assertArrayEquals(IntStream.range(0, n).toArray(), order);
  }

  @Test
  void epochsAndSeedsDiffer() {
    assertFalse(Arrays.equals(epoch(1, 0, 50), epoch(1, 1, 50)));
    assertFalse(Arrays.equals(epoch(1, 0, 50), epoch(2, 0, 50)));
  }

  /** Every number comes to every place equally often. */
  @Test
  void isFair() {
    int n = 12;
    int epochs = 60_000;
    int[][] counts = new int[n][n];
    int[] order = new int[n];
    for (int e = 0; e < epochs; e++) {
      Shuffle.epoch(5, e, order);
      for (int i = 0; i < n; i++) {
        counts[i][order[i]]++;
      }
    }
    double expected = (double) epochs / n;
    double chi2 = 0;
    for (int[] row : counts) {
      for (int count : row) {
        chi2 += (count - expected) * (count - expected) / expected;
      }
    }
    double degrees = (n - 1) * (n - 1);
    double sigmas = (chi2 - degrees) / Math.sqrt(2 * degrees);
    assertTrue(Math.abs(sigmas) < 5, sigmas + " sigmas");
  }

  @Test
  void ascending() {
    int[] order = {5, 5, 5};
    Shuffle.ascending(order);
    assertArrayEquals(new int[] {0, 1, 2}, order);
  }
}
