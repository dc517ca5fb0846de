package dev.lanewise.kernel.math;

/**
 * A counter-based random generator: value = f(key, index), with no state.
 *
 * <p>A value depends on its key and its index alone, so any thread can compute any stretch of the
 * sequence, in any order and with any vector width. A key is made of a seed, a stream (a layer, an
 * initializer, the shuffle) and a step. The index is mixed with the two halves of the key by two
 * rounds of a 32-bit finalizer (multiply and xor-shift, constants from C. Wellons'
 * "hash-prospector" search, lowest known bias); all arithmetic is that of 32-bit ints, which every
 * vector unit has.
 */
public final class CounterRandom {
  /** What an index is multiplied by before the first half of the key is added (2^32 / φ, odd). */
  public static final int INDEX_MULTIPLIER = 0x9E3779B9;

  /** The first multiplier of a mixing round. */
  public static final int MULTIPLIER_1 = 0x21F0AAAD;

  /** The second multiplier of a mixing round. */
  public static final int MULTIPLIER_2 = 0x735A2D97;

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private CounterRandom() {}

  /**
   * Returns the key of one stream at one step.
   *
   * @param seed the user's seed
   * @param stream which consumer of random numbers: a layer, an initializer, the shuffle
   * @param step the step or epoch
   * @return a key for {@link #bits}
   */
  public static long key(long seed, int stream, long step) {
    return mix64(mix64(mix64(seed + GOLDEN) + (stream + 1L) * GOLDEN) + (step + 1) * GOLDEN);
  }

  /**
   * Returns 32 random bits.
   *
   * @param key a key from {@link #key}
   * @param index which value of the sequence
   * @return uniformly distributed over all ints
   */
  public static int bits(long key, int index) {
    int mixed = mix32(index * INDEX_MULTIPLIER + (int) key);
    return mix32(mixed + (int) (key >>> 32));
  }

  /**
   * Returns a uniform value in [0, 1): the upper 24 of {@link #bits} times 2^-24.
   *
   * @param key a key from {@link #key}
   * @param index which value of the sequence
   * @return a multiple of 2^-24, at least 0 and below 1
   */
  public static float uniform(long key, int index) {
    return (bits(key, index) >>> 8) * 0x1p-24f;
  }

  /**
   * Returns a uniform integer in [0, bound): {@link #bits}, unsigned, times the bound, the upper 32
   * bits of the product. The bias is below bound / 2^32.
   *
   * @param key a key from {@link #key}
   * @param index which value of the sequence
   * @param bound the number of possible values, at least 1
   * @return from 0 to bound − 1
   */
  public static int below(long key, int index, int bound) {
    return (int) ((Integer.toUnsignedLong(bits(key, index)) * bound) >>> 32);
  }

  private static int mix32(int value) {
    int h = value;
    h ^= h >>> 16;
    h *= MULTIPLIER_1;
    h ^= h >>> 15;
    h *= MULTIPLIER_2;
    return h ^ h >>> 15;
  }

  private static long mix64(long value) {
    long z = value;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
