package dev.lanewise.testing;

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
  private final int columns;
  private final int ld;

  private Guarded(float[] array, int offset, int length, int columns, int ld) {
    this.array = array;
    this.offset = offset;
    this.length = length;
    this.columns = columns;
    this.ld = ld;
  }

  /** A stretch of {@code length} floats at {@code offset}, all of it canaries so far. */
  public static Guarded of(int length, int offset) {
    return matrix(1, length, length, offset);
  }

  /** Rows with canaries between them, all of it canaries so far. */
  public static Guarded matrix(int rows, int columns, int ld, int offset) {
    int span = rows == 0 ? 0 : (rows - 1) * ld + columns;
    float[] array = new float[offset + span + MARGIN];
    Arrays.fill(array, Float.intBitsToFloat(CANARY));
    return new Guarded(array, offset, rows * columns, columns, ld);
  }

  /** Rows with canaries between them that hold a copy of {@code values}. */
  public static Guarded matrix(float[] values, int columns, int ld, int offset) {
    int rows = columns == 0 ? 0 : values.length / columns;
    Guarded guarded = matrix(rows, columns, ld, offset);
    for (int i = 0; i < rows; i++) {
      System.arraycopy(values, i * columns, guarded.array, offset + i * ld, columns);
    }
    return guarded;
  }

  /** A stretch that holds a copy of {@code values}. */
  public static Guarded of(float[] values, int offset) {
    Guarded guarded = of(values.length, offset);
    System.arraycopy(values, 0, guarded.array, offset, values.length);
    return guarded;
  }

  /** A copy with the same content and canaries. */
  public Guarded copy() {
    return new Guarded(array.clone(), offset, length, columns, ld);
  }

  /** The stretch's values, row after row. */
  public float[] values() {
    float[] values = new float[length];
    for (int i = 0; i < length; i += columns) {
      System.arraycopy(array, offset + i / columns * ld, values, i, columns);
    }
    return values;
  }

  /** Fails if an element outside the stretch, or between its rows, was written. */
  public void assertIntact(String what) {
    int rows = columns == 0 ? 0 : length / columns;
    for (int i = 0; i < array.length; i++) {
      int at = i - offset;
      boolean inside = at >= 0 && rows > 0 && at / ld < rows && at % ld < columns;
      if (!inside && Float.floatToRawIntBits(array[i]) != CANARY) {
        fail(what + ": element " + at + " outside of " + rows + " × " + columns + " was written");
      }
    }
  }
}
