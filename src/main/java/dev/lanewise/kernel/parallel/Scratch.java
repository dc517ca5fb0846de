package dev.lanewise.kernel.parallel;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Scratch memory of one thread of a team: arrays, grown on first use and kept, and objects of the
 * kernels' own, made on first use and kept.
 *
 * <p>What an array holds when it is lent is undefined. Slots are numbered by the kernel that
 * borrows; a nested run of the team (see {@link Team#run}) gets a scratch of its own, so slots of
 * an outer kernel are never overwritten by an inner one.
 */
public final class Scratch {
  private static final int SLOTS = 8;

  private @Nullable Scratch inner;
  private final float[][] floats = new float[SLOTS][0];
  private final int[][] ints = new int[SLOTS][0];
  private Object[] objects = {};

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

  /**
   * Lends an int array of at least {@code length} elements.
   *
   * @param slot which array, 0 to 7: two slots are two arrays
   * @param length the number of elements needed
   * @return the same array as long as no longer one is asked for
   */
  public int[] ints(int slot, int length) {
    int[] array = ints[slot];
    if (array.length < length) {
      array = new int[length];
      ints[slot] = array;
    }
    return array;
  }

  /**
   * Lends an object for what a kernel keeps beside arrays, one of each class. Ask once a range, not
   * in a loop.
   *
   * @param kind the object's class
   * @param maker makes it on first use
   * @param <T> the object's class
   * @return the same object at each call
   */
  public <T> T object(Class<T> kind, Supplier<T> maker) {
    for (Object object : objects) {
      if (object.getClass() == kind) {
        return kind.cast(object);
      }
    }
    T made = maker.get();
    Object[] more = Arrays.copyOf(objects, objects.length + 1);
    more[objects.length] = made;
    objects = more;
    return made;
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
