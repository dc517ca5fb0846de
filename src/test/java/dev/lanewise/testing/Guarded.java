package dev.lanewise.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;

/**
 * A stretch of floats between canaries: a kernel gets {@link #array} and {@link #offset}, and
 * {@link #assertIntact} holds that nothing outside the stretch was written.
 */
public final class Guarded {
  private static final int CANARY = 0x5ca1ab1e;
  private static final int MARGIN = 37;

  public final float[] array;
  public final int offset;
  public final int length;

  private Guarded(float[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** A stretch of {@code length} floats at {@code offset}, all of it canaries so far. */
  public static Guarded of(int length, int offset) {
    float[] array = new float[offset + length + MARGIN];
    Arrays.fill(array, Float.intBitsToFloat(CANARY));
    return new Guarded(array, offset, length);
  }

  /** A stretch that holds a copy of {@code values}. */
  public static Guarded of(float[] values, int offset) {
    Guarded guarded = of(values.length, offset);
    System.arraycopy(values, 0, guarded.array, offset, values.length);
    return guarded;
  }

  /** A copy with the same content and canaries. */
  public Guarded copy() {
    return new Guarded(array.clone(), offset, length);
  }

  /** The stretch's values. */
  public float[] values() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  /** Fails if an element outside the stretch was written. */
  public void assertIntact(String what) {
    for (int i = 0; i < array.length; i++) {
      if ((i < offset || i >= offset + length) && Float.floatToRawIntBits(array[i]) != CANARY) {
        fail(what + ": element " + (i - offset) + " outside 0.." + (length - 1) + " was written");
      }
    }
  }

  /**
   * Fails unless rows of a matrix with leading dimension {@code ld} left the gaps between them
   * alone: the gaps must equal those of {@code before}.
   */
  public void assertGapsIntact(String what, Guarded before, int rows, int columns, int ld) {
    for (int i = 0; i < rows - 1; i++) {
      for (int j = columns; j < ld; j++) {
        int at = offset + i * ld + j;
        assertEquals(
            Float.floatToRawIntBits(before.array[at]),
            Float.floatToRawIntBits(array[at]),
            what + ": gap element " + j + " of row " + i + " was written");
      }
    }
  }
}
