package dev.lanewise.data;

import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.tensor.Shape;

/**
 * Images kept as they come, one byte a value: a quarter of the memory of floats. A model is fed
 * with {@code (value & 255) / 255f}.
 */
public final class ByteSamples implements Samples {
  /** What each byte is as a float: a table is faster than a division, and has the same bits. */
  private static final float[] SCALED = new float[256];

  static {
    for (int i = 0; i < SCALED.length; i++) {
      SCALED[i] = i / 255f;
    }
  }

  private final Shape shape;
  private final byte[] bytes;
  private final int first;
  private final int count;

  private ByteSamples(Shape shape, byte[] bytes, int first, int count) {
    this.shape = shape;
    this.bytes = bytes;
    this.first = first;
    this.count = count;
  }

  /**
   * Makes samples of an array.
   *
   * @param bytes the values, sample after sample, each row-major; not copied
   * @param shape the shape of one sample
   * @return as many samples as the array holds
   * @throws IllegalArgumentException if that is no whole number or none
   */
  public static ByteSamples of(byte[] bytes, Shape shape) {
    int count = Batches.count("bytes", bytes.length, shape.elements(), shape);
    return new ByteSamples(shape, bytes, 0, count);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  /**
   * Returns the array behind the samples: for those who scale and arrange the values themselves.
   *
   * @return the array itself, which must not be written to
   */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * Returns where a sample begins in {@link #bytes}.
   *
   * @param sample its number, from 0
   * @return the position of its first value
   */
  public int position(int sample) {
    return (first + sample) * shape.elements();
  }

  @Override
  public ByteSamples slice(int from, int to) {
    Batches.slice(count, from, to);
    return new ByteSamples(shape, bytes, first + from, to - from);
  }

  @Override
  public void gather(int[] order, int from, int count, float[] batch, int offset) {
    int size = shape.elements();
    Batches.check(this.count, size, order, from, count, batch.length, offset);
    for (int i = 0; i < count; i++) {
      scale(bytes, position(order[from + i]), batch, offset + i * size, size);
    }
  }

  /**
   * What {@link #gather(int[], int, int, float[], int)} does, with a kernel's loop in place of the
   * table: the same bits, several times faster with vectors.
   *
   * @param kernel scales the bytes
   * @param order the samples' numbers
   * @param from where the batch begins in {@code order}
   * @param count the number of samples in the batch, at least 0
   * @param batch where the samples are written
   * @param offset where the first of them begins
   * @throws IllegalArgumentException as there
   */
  public void gather(
      Elementwise kernel, int[] order, int from, int count, float[] batch, int offset) {
    int size = shape.elements();
    Batches.check(this.count, size, order, from, count, batch.length, offset);
    for (int i = 0; i < count; i++) {
      kernel.bytesToUnit(size, bytes, position(order[from + i]), batch, offset + i * size);
    }
  }

  private static void scale(byte[] bytes, int from, float[] to, int offset, int size) {
    for (int j = 0; j < size; j++) {
      to[offset + j] = SCALED[bytes[from + j] & 255];
    }
  }

  /** How many of which shape. */
  @Override
  public String toString() {
    return count + " samples of " + shape;
  }
}
