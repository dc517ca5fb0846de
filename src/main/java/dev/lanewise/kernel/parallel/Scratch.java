package dev.lanewise.kernel.parallel;

import org.jspecify.annotations.Nullable;

/**
 * Scratch arrays of one thread of a team, grown on first use and kept.
 *
 * <p>What an array holds when it is lent is undefined. Slots are numbered by the kernel that
 * borrows; a nested run of the team (see {@link Team#run}) gets a scratch of its own, so slots of
 * an outer kernel are never overwritten by an inner one.
 */
public final class Scratch {
  private static final int SLOTS = 8;

  private @Nullable Scratch inner;
  private final float[][] floats = new float[SLOTS][0];

  Scratch() {}

  /**
   * Lends a float array of at least {@code length} elements.
   *
   * @param slot which array, 0 to 7: two slots are two arrays
   * @param length the number of elements needed
   * @return the same array as long as no longer one is asked for
   */
  public float[] floats(int slot, int length) {
    float[] array = floats[slot];
    if (array.length < length) {
      array = new float[length];
      floats[slot] = array;
    }
    return array;
  }

  /** The scratch of a run nested inside the run that this one serves. */
  Scratch nested() {
    Scratch next = inner;
    if (next == null) {
      next = new Scratch();
      inner = next;
    }
    return next;
  }
}
