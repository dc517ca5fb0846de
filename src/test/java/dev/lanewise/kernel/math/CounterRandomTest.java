package dev.lanewise.kernel.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The generator's values are fixed for good, and statistically sound where kernels use them:
 * consecutive indexes, and keys of neighbouring seeds, streams and steps. All seeds are fixed, so a
 * test passes always or never.
 */
class CounterRandomTest {
  /** Standard deviations that one figure of some thousands may lie off; chance is 1 in 10^6. */
  private static final double SIGMAS = 5;

  /** Computed by a program in another language from the formulas in the class's comment. */
  @Test
  void valuesNeverChange() {
    assertKnown(0, 0, 0, "238275bc38fcbe91 f72a4ec1 dac872e1 4a003db8 ed97682d 82b2fdd3");
    assertKnown(1, 0, 0, "b18a02f46d8d86c3 15d7d63c 49e566d3 dc90189b fb7baee1 f1ce647d");
    assertKnown(1, 2, 3, "8568f7c4e53b5a35 944d6868 c4d9fdcc 73b1e815 ef12d07d 49678031");
    assertKnown(-1, -1, 1L << 40, "ce152ca13767b8bd 10d7916d 91117097 0103d164 9e518f39 56a480e7");
    assertKnown(42, 7, 999, "6f087b46953b090a 2dc0428d 2f3401ad d4466071 ddb451bc 2a532472");
  }

  /** The key, and the values of the indexes 0, 1, 2, 1000 and −1. */
  private static void assertKnown(long seed, int stream, long step, String known) {
    String[] words = known.split(" ", -1);
    long key = CounterRandom.key(seed, stream, step);
    assertEquals(words[0], HexFormat.of().toHexDigits(key));
    int[] indexes = {0, 1, 2, 1000, -1};
    for (int i = 0; i < indexes.length; i++) {
      String value = HexFormat.of().toHexDigits(CounterRandom.bits(key, indexes[i]));
      assertEquals(words[1 + i], value, "index " + indexes[i]);
    }
  }

  @Test
  void consecutiveIndexes() {
    for (int seed = 0; seed < 20; seed++) {
      long key = CounterRandom.key(seed, 0, 0);
      assertUniform("seed " + seed, i -> CounterRandom.bits(key, i));
    }
  }

  /** As the pixels of a column, or one pixel of every image, are taken from the sequence. */
  @Test
  void strides() {
    long key = CounterRandom.key(1, 0, 0);
    for (int stride : new int[] {2, 10, 28, 32, 64, 784, 1024, 5408, 1 << 16}) {
      assertUniform("stride " + stride, i -> CounterRandom.bits(key, i * stride));
    }
  }

  @Test
  void neighbouringSeedsStreamsAndSteps() {
    for (int index : new int[] {0, 1, 2, 100, 5407, 346_111, -1}) {
      assertUniform("seeds", i -> CounterRandom.bits(CounterRandom.key(i, 3, 5), index));
      assertUniform("streams", i -> CounterRandom.bits(CounterRandom.key(1, i, 5), index));
      assertUniform("steps", i -> CounterRandom.bits(CounterRandom.key(1, 3, i), index));
      assertUniform(
          "step and index", i -> CounterRandom.bits(CounterRandom.key(1, 3, i), index + i));
    }
  }

  /**
   * Over 2^16 values: each of four bytes falls into 256 classes evenly, each bit is set in half of
   * them, and two values that follow each other fall into 64 × 64 classes evenly.
   */
  private static void assertUniform(String what, IntUnaryOperator values) {
    int n = 1 << 16;
    int[][] bytes = new int[4][256];
    int[] ones = new int[32];
    int[] pairs = new int[64 * 64];
    int before = values.applyAsInt(n);
    for (int i = 0; i < n; i++) {
      int value = values.applyAsInt(i);
      for (int b = 0; b < 4; b++) {
        bytes[b][(value >>> (8 * b)) & 255]++;
      }
      for (int bit = 0; bit < 32; bit++) {
        ones[bit] += (value >>> bit) & 1;
      }
      pairs[(before >>> 26) * 64 + (value >>> 26)]++;
      before = value;
    }
    for (int b = 0; b < 4; b++) {
      assertEven(what + ", byte " + b, bytes[b], n);
    }
    assertEven(what + ", pairs", pairs, n);
    for (int bit = 0; bit < 32; bit++) {
      double sigmas = (ones[bit] - n / 2.0) / (Math.sqrt(n) / 2);
      assertTrue(Math.abs(sigmas) < SIGMAS, what + ", bit " + bit + ": " + sigmas + " sigmas");
    }
  }

  /** Chi-square, as a normal deviate (Wilson and Hilferty). */
  private static void assertEven(String what, int[] counts, int n) {
    double expected = (double) n / counts.length;
    double chi2 = 0;
    for (int count : counts) {
      chi2 += (count - expected) * (count - expected) / expected;
    }
    double k = counts.length - 1;
    double deviate = (Math.cbrt(chi2 / k) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k));
    assertTrue(Math.abs(deviate) < SIGMAS, what + ": " + deviate + " sigmas");
  }

  /** Flipping any bit of what goes in flips each bit of what comes out in half of the cases. */
  @Test
  void avalanche() {
    int n = 1 << 14;
    for (int in = 0; in < 32; in++) {
      int flip = 1 << in;
      assertAvalanche("index bit " + in, n, (key, i) -> CounterRandom.bits(key, i ^ flip), 0x5eed);
    }
    for (int in = 0; in < 64; in++) {
      long flip = 1L << in;
      assertAvalanche("key bit " + in, n, (key, i) -> CounterRandom.bits(key ^ flip, i), 0x5eed);
    }
  }

  private interface Changed {
    int bits(long key, int index);
  }

  private static void assertAvalanche(String what, int n, Changed changed, int seed) {
    int[] flips = new int[32];
    for (int i = 0; i < n; i++) {
      long key = CounterRandom.key(seed, i, 0);
      int index = i * 17;
      int difference = CounterRandom.bits(key, index) ^ changed.bits(key, index);
      for (int out = 0; out < 32; out++) {
        flips[out] += (difference >>> out) & 1;
      }
    }
    for (int out = 0; out < 32; out++) {
      double sigmas = (flips[out] - n / 2.0) / (Math.sqrt(n) / 2);
      assertTrue(Math.abs(sigmas) < SIGMAS, what + " to bit " + out + ": " + sigmas + " sigmas");
    }
  }

  /**
   * Dropout masks of a step and the next, of two layers, of two seeds, of neighbouring elements.
   */
  @Test
  void masksAreIndependent() {
    for (double rate : new double[] {0.1, 0.25, 0.5}) {
      for (int t = 0; t < 20; t++) {
        long key = CounterRandom.key(1, 2, t);
        assertUncorrelated("steps", rate, key, CounterRandom.key(1, 2, t + 1), 0);
        assertUncorrelated("streams", rate, key, CounterRandom.key(1, 3, t), 0);
        assertUncorrelated("seeds", rate, key, CounterRandom.key(2, 2, t), 0);
        assertUncorrelated("seed and stream", rate, key, CounterRandom.key(2, 1, t), 0);
        for (int distance : new int[] {1, 2, 16, 32, 169, 5408}) {
          assertUncorrelated("distance " + distance, rate, key, key, distance);
        }
      }
    }
  }

  private static void assertUncorrelated(
      String what, double rate, long key1, long key2, int distance) {
    int n = 1 << 16;
    long threshold = (long) (rate * 0x1p32);
    int both = 0;
    for (int i = 0; i < n; i++) {
      if (Integer.toUnsignedLong(CounterRandom.bits(key1, i)) < threshold
          && Integer.toUnsignedLong(CounterRandom.bits(key2, i + distance)) < threshold) {
        both++;
      }
    }
    double p = rate * rate;
    double sigmas = (both - n * p) / Math.sqrt(n * p * (1 - p));
    assertTrue(Math.abs(sigmas) < SIGMAS, what + ", rate " + rate + ": " + sigmas + " sigmas");
  }

  /** Distances between sorted values repeat as often as chance has it (Marsaglia's test). */
  @Test
  void birthdaySpacings() {
    int birthdays = 512;
    int days = 24;
    int rounds = 1000;
    double lambda = Math.pow(birthdays, 3) / (4 * (double) (1 << days));
    for (int shift : new int[] {0, 8}) {
      int repeated = 0;
      for (int round = 0; round < rounds; round++) {
        int[] spacings = new int[birthdays];
        for (int i = 0; i < birthdays; i++) {
          // Half of them from one step, half from the next.
          long key = CounterRandom.key(round, 1, i & 1);
          spacings[i] = (CounterRandom.bits(key, i >> 1) >>> shift) & ((1 << days) - 1);
        }
        Arrays.sort(spacings);
        for (int i = birthdays - 1; i > 0; i--) {
          spacings[i] -= spacings[i - 1];
        }
        Arrays.sort(spacings);
        for (int i = 1; i < birthdays; i++) {
          if (spacings[i] == spacings[i - 1]) {
            repeated++;
          }
        }
      }
      double sigmas = (repeated - lambda * rounds) / Math.sqrt(lambda * rounds);
      assertTrue(Math.abs(sigmas) < SIGMAS, "shift " + shift + ": " + sigmas + " sigmas");
    }
  }

  /** The bits of successive values are linearly independent as often as chance has it. */
  @Test
  void ranksOfBitMatrices() {
    int rounds = 4000;
    int full = 0;
    for (int round = 0; round < rounds; round++) {
      int[] rows = new int[32];
      for (int i = 0; i < 32; i++) {
        rows[i] = CounterRandom.bits(CounterRandom.key(9, 1, round), i);
      }
      int rank = 0;
      for (int bit = 0; bit < 32; bit++) {
        int pivot = rank;
        while (pivot < 32 && ((rows[pivot] >>> bit) & 1) == 0) {
          pivot++;
        }
        if (pivot < 32) {
          int row = rows[pivot];
          rows[pivot] = rows[rank];
          rows[rank] = row;
          for (int i = rank + 1; i < 32; i++) {
            rows[i] ^= row & -((rows[i] >>> bit) & 1);
          }
          rank++;
        }
      }
      if (rank == 32) {
        full++;
      }
    }
    double p = 0.288788;
    double sigmas = (full - rounds * p) / Math.sqrt(rounds * p * (1 - p));
    assertTrue(Math.abs(sigmas) < SIGMAS, sigmas + " sigmas");
  }

  @Test
  void uniformValues() {
    long key = CounterRandom.key(1, 1, 1);
    int n = 1 << 20;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      float value = CounterRandom.uniform(key, i);
      assertTrue(value >= 0 && value < 1);
      assertEquals(CounterRandom.bits(key, i) >>> 8, (int) (value * 0x1p24f));
      sum += value;
      squares += value * (double) value;
    }
    assertEquals(0.5, sum / n, SIGMAS * Math.sqrt(1 / 12.0 / n));
    assertEquals(1 / 3.0, squares / n, SIGMAS * Math.sqrt(4 / 45.0 / n));
  }

  @Test
  void integersBelowABound() {
    long key = CounterRandom.key(3, 1, 1);
    for (int bound : new int[] {1, 2, 3, 7, 10, 100}) {
      int[] counts = new int[bound];
      for (int i = 0; i < 100_000; i++) {
        counts[CounterRandom.below(key, i, bound)]++;
      }
      if (bound > 1) {
        assertEven("bound " + bound, counts, 100_000);
      }
    }
    for (int i = 0; i < 1000; i++) {
      assertTrue(CounterRandom.below(key, i, Integer.MAX_VALUE) >= 0);
    }
  }
}
