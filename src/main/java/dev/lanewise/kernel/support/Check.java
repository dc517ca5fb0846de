package dev.lanewise.kernel.support;

import dev.lanewise.kernel.TileConsumer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Argument checks of the kernels: each refusal is one sentence that names the argument, its value
 * and what was expected. Index arithmetic is done in long.
 */
public final class Check {
  private Check() {}

  /** Refuses a {@code value} below {@code least}; returns the value. */
  public static int atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", but must be at least " + least);
    }
    return value;
  }

  /**
   * Refuses null, which no type keeps out; returns the value.
   *
   * @throws NullPointerException with a sentence like the others
   */
  public static <T> T given(String name, @Nullable T value) {
    if (value == null) {
      throw new NullPointerException(name + " is null, but must be given");
    }
    return value;
  }

  /** Refuses null in an array's place; returns the array's length. */
  public static int length(String name, float[] array) {
    return given(name, array).length;
  }

  /** Refuses null in an array's place; returns the array's length. */
  public static int length(String name, int[] array) {
    return given(name, array).length;
  }

  /** Refuses null in an array's place; returns the array's length. */
  public static int length(String name, byte[] array) {
    return given(name, array).length;
  }

  /** Refuses null in a consumer's place, and a consumer without sensible multiples. */
  public static void consumer(TileConsumer consumer) {
    given("consumer", consumer);
    atLeast("consumer.rowMultiple()", consumer.rowMultiple(), 1);
    atLeast("consumer.columnMultiple()", consumer.columnMultiple(), 1);
  }

  /** Refuses two whole arrays of different lengths. */
  public static void sameLength(String name, float[] array, String other, float[] otherArray) {
    sameLength(name, length(name, array), other, length(other, otherArray));
  }

  /** Refuses two whole arrays of different lengths. */
  public static void sameLength(String name, int length, String other, int otherLength) {
    if (length != otherLength) {
      throw new IllegalArgumentException(
          "%s has %s elements, but %s has %s".formatted(name, length, other, otherLength));
    }
  }

  /** Refuses a stretch of {@code count} elements from {@code offset} that leaves the array. */
  public static void range(String name, int arrayLength, int offset, long count) {
    if (offset < 0) {
      throw new IllegalArgumentException(
          "%sOffset is %s, but must not be negative".formatted(name, offset));
    }
    if (count > 0 && offset + count > arrayLength) {
      throw new IllegalArgumentException(
          "%s has %s elements, but %s from offset %s are needed"
              .formatted(name, arrayLength, count, offset));
    }
  }

  /** Refuses a stretch of {@code count} elements from {@code offset} that leaves the array. */
  public static void range(String name, float[] array, int offset, long count) {
    range(name, length(name, array), offset, count);
  }

  /** Refuses a stretch of {@code count} elements from {@code offset} that leaves the array. */
  public static void range(String name, int[] array, int offset, long count) {
    range(name, length(name, array), offset, count);
  }

  /** Refuses a stretch of {@code count} elements from {@code offset} that leaves the array. */
  public static void range(String name, byte[] array, int offset, long count) {
    range(name, length(name, array), offset, count);
  }

  /** As below, of an array. */
  public static void matrix(String name, float[] array, int offset, int rows, int columns, int ld) {
    matrix(name, length(name, array), offset, rows, columns, ld);
  }

  /**
   * Refuses a row-major matrix of {@code rows} × {@code columns} with leading dimension {@code ld}
   * that leaves its array; an empty matrix touches no element.
   */
  public static void matrix(
      String name, int arrayLength, int offset, int rows, int columns, int ld) {
    int least = Math.max(1, columns);
    if (ld < least) {
      throw new IllegalArgumentException(
          "the leading dimension of %s is %s, but must be at least %s".formatted(name, ld, least));
    }
    range(name, arrayLength, offset, span(rows, columns, ld));
  }

  /** Number of elements from a matrix's first to its last, both counted; 0 if it is empty. */
  public static long span(int rows, int columns, int ld) {
    return rows == 0 || columns == 0 ? 0 : (rows - 1L) * ld + columns;
  }

  /** Refuses an output stretch that shares elements with an input stretch. */
  public static void disjoint(
      String out,
      float[] a,
      int aOffset,
      long aCount,
      String in,
      float[] b,
      int bOffset,
      long bCount) {
    if (overlap(a, aOffset, aCount, b, bOffset, bCount)) {
      throw overlaps(out, aOffset, aCount, in, bOffset, bCount);
    }
  }

  /**
   * Refuses an output stretch that overlaps an input stretch partly; the very same stretch (an
   * in-place call) is allowed.
   */
  public static void sameOrDisjoint(
      String out, float[] a, int aOffset, String in, float[] b, int bOffset, long count) {
    if (aOffset != bOffset && overlap(a, aOffset, count, b, bOffset, count)) {
      throw overlaps(out, aOffset, count, in, bOffset, count);
    }
  }

  /** Refuses a number that is not finite, or lies outside [least, most]. */
  public static double within(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "%s is %s, but must be from %s to %s".formatted(name, value, least, most));
    }
    return value;
  }

  @SuppressWarnings("ReferenceEquality") // the same array is what is asked
  private static boolean overlap(
      float[] a, int aOffset, long aCount, float[] b, int bOffset, long bCount) {
    return a == b
        && aCount > 0
        && bCount > 0
        && aOffset < bOffset + bCount
        && bOffset < aOffset + aCount;
  }

  private static IllegalArgumentException overlaps(
      String out, int aOffset, long aCount, String in, int bOffset, long bCount) {
    return new IllegalArgumentException(
        ("%s (elements %s to %s) overlaps %s (elements %s to %s) in the same array,"
                + " but must lie apart from it")
            .formatted(out, aOffset, aOffset + aCount - 1, in, bOffset, bOffset + bCount - 1));
  }

  /** Refuses sizes whose product is more than an array can hold; returns the product. */
  public static int elements(String what, int... sizes) {
    long product = 1;
    for (int size : sizes) {
      product =
          size == 0 || product == 0 ? 0 : product > Integer.MAX_VALUE ? product : product * size;
    }
    if (product > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s of shape %s has too many elements: an array holds at most %s"
              .formatted(what, Arrays.toString(sizes), Integer.MAX_VALUE));
    }
    return (int) product;
  }

  /** Refuses a window (with its dilation) that is larger than the padded image. */
  public static void window(
      String what, String side, int size, int before, int after, int window, int dilation) {
    long reach = (window - 1L) * dilation + 1;
    long padded = (long) size + before + after;
    if (reach > padded) {
      throw new IllegalArgumentException(
          ("the %s covers %s pixels in %s (%s %s, dilation %s),"
                  + " but the image has only %s there (%s with padding %s and %s)")
              .formatted(what, reach, side, what, window, dilation, padded, size, before, after));
    }
  }

  /** Number of places that a window takes along one side of an image. */
  public static int positions(
      int size, int before, int after, int window, int dilation, int stride) {
    long padded = (long) size + before + after;
    return Math.toIntExact((padded - (window - 1L) * dilation - 1) / stride + 1);
  }

  /** Total padding of one side under Keras's rule "same": ceil(size / stride) places. */
  public static int samePadding(int size, int window, int dilation, int stride) {
    atLeast("stride", stride, 1);
    long places = ((long) size + stride - 1) / stride;
    long reach = (window - 1L) * dilation + 1;
    long total = Math.max(0, (places - 1) * stride + reach - size);
    if (total > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          ("a window that covers %s pixels (window %s, dilation %s) needs a padding of %s,"
                  + " but it must be at most %s")
              .formatted(reach, window, dilation, total, Integer.MAX_VALUE));
    }
    return (int) total;
  }

  /** Refuses a padded image with so long a side that positions in it are no ints. */
  public static void padded(String side, int size, int before, int after) {
    long padded = (long) size + before + after;
    if (padded > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the padded image's %s is %s (%s with padding %s and %s), but must be at most %s"
              .formatted(side, padded, size, before, after, Integer.MAX_VALUE));
    }
  }

  /** Refuses a padding that is negative or not smaller than the window. */
  public static void padding(String name, int padding, int window) {
    if (padding < 0 || padding >= window) {
      throw new IllegalArgumentException(
          "%s is %s, but must be from 0 to %s, less than the window of %s"
              .formatted(name, padding, window - 1, window));
    }
  }
}
