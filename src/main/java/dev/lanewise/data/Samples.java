package dev.lanewise.data;

import dev.lanewise.kernel.support.Check;
import dev.lanewise.tensor.Shape;
import java.util.stream.IntStream;

/** What a model is fed with: a number of samples of one shape, in memory. Immutable. */
public abstract sealed class Samples permits ByteSamples, FloatSamples {
  private final Shape shape;
  private final int first;
  private final int count;

  /** Holds {@code count} samples of an array, from number {@code first} on. */
  Samples(Shape shape, int first, int count) {
    this.shape = shape;
    this.first = first;
    this.count = count;
  }

  /**
   * Returns the number of samples.
   *
   * @return at least 1
   */
  public final int count() {
    return count;
  }

  /**
   * Returns the shape of one sample.
   *
   * @return a shape without batch dimension, such as (28, 28, 1)
   */
  public final Shape shape() {
    return shape;
  }

  /**
   * Returns some of the samples, which are not copied.
   *
   * @param from the first one, from 0
   * @param to the one after the last, above {@code from} and at most {@link #count}
   * @return the samples from {@code from} to {@code to} − 1
   * @throws IllegalArgumentException if there are no such samples
   */
  public abstract Samples slice(int from, int to);

  /**
   * Writes the samples of a batch one after the other, as the floats that a model is fed with.
   * Allocates nothing.
   *
   * @param order the samples' numbers; the batch is {@code order[from]} to {@code order[from +
   *     count − 1]}
   * @param from where the batch begins in {@code order}
   * @param count the number of samples in the batch, at least 0
   * @param batch where the samples are written
   * @param offset where the first of them begins
   * @throws IllegalArgumentException if the batch leaves one of the arrays, or if a number is not
   *     that of a sample; nothing is written then
   */
  public abstract void gather(int[] order, int from, int count, float[] batch, int offset);

  /**
   * Returns all samples as the floats that a model is fed with.
   *
   * @return a new array, sample after sample, each row-major
   */
  public final float[] toArray() {
    float[] values = new float[Math.multiplyExact(count, shape.elements())];
    gather(IntStream.range(0, count).toArray(), 0, count, values, 0);
    return values;
  }

  /** How many of which shape. */
  @Override
  public String toString() {
    return count + " samples of " + shape;
  }

  /** The number in the array of a sample of a slice, which is checked against the others. */
  final int firstOf(int from, int to) {
    checkSlice(count, from, to);
    return first + from;
  }

  /** Where a sample begins in the array. */
  final int place(int sample) {
    return (first + sample) * shape.elements();
  }

  /** Refuses a batch as {@link #gather} says. */
  final void checkBatch(int[] order, int from, int count, float[] batch, int offset) {
    checkBatch(this.count, shape.elements(), order, from, count, batch.length, offset);
  }

  /** Refuses a batch that leaves its order, names what does not exist, or leaves its array. */
  static void checkBatch(
      int available, int size, int[] order, int from, int count, int length, int offset) {
    Check.atLeast("count", count, 0);
    if (from < 0 || (long) from + count > order.length) {
      throw new IllegalArgumentException(
          "from is %s and count is %s, but order has %s elements"
              .formatted(from, count, order.length));
    }
    Check.range("batch", length, offset, (long) count * size);
    for (int i = from; i < from + count; i++) {
      if (order[i] < 0 || order[i] >= available) {
        throw outside("order[" + i + "]", order[i], available);
      }
    }
  }

  /** Says that a number is none of those from 0 on of which there are so many. */
  static IllegalArgumentException outside(String name, int value, int available) {
    return new IllegalArgumentException(
        name + " is " + value + ", but must be from 0 to " + (available - 1));
  }

  /** Refuses a slice that is empty or leaves what there is. */
  static void checkSlice(int available, int from, int to) {
    if (from < 0 || to > available || from >= to) {
      throw new IllegalArgumentException(
          "the slice from %s to %s is empty or leaves the %s that there are"
              .formatted(from, to, available));
    }
  }

  /** Returns how many samples an array holds; refuses one that holds no whole number, or none. */
  static int count(String name, int length, Shape shape) {
    int size = shape.elements();
    if (size == 0 || length == 0 || length % size != 0) {
      throw new IllegalArgumentException(
          "%s has %s elements, but must hold one or more of shape %s (%s elements each)"
              .formatted(name, length, shape, size));
    }
    return length / size;
  }
}
