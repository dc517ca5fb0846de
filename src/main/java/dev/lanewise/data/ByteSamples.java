package dev.lanewise.data;

import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.tensor.Shape;

/**
 * Images kept as they come, one byte a value: a quarter of the memory of floats. A model is fed
 * with {@code (value & 255) / 255f}.
 */
public final class ByteSamples extends Samples {
  /** What each byte is as a float: a table is faster than a division, and has the same bits. */
  private static final float[] SCALED = new float[256];

  static {
    for (int i = 0; i < SCALED.length; i++) {
      SCALED[i] = i / 255f;
    }
  }

  private final byte[] bytes;

  private ByteSamples(Shape shape, byte[] bytes, int first, int count) {
    super(shape, first, count);
    this.bytes = bytes;
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
    return new ByteSamples(shape, bytes, 0, count("bytes", bytes.length, shape));
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
    return place(sample);
  }

  @Override
  public ByteSamples slice(int from, int to) {
    return new ByteSamples(shape(), bytes, firstOf(from, to), to - from);
  }

  @Override
  public void gather(int[] order, int from, int count, float[] batch, int offset) {
    checkBatch(order, from, count, batch, offset);
    int size = shape().elements();
    for (int i = 0; i < count; i++) {
      scale(bytes, place(order[from + i]), batch, offset + i * size, size);
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
    checkBatch(order, from, count, batch, offset);
    int size = shape().elements();
    for (int i = 0; i < count; i++) {
      kernel.bytesToUnit(size, bytes, place(order[from + i]), batch, offset + i * size);
    }
  }

  private static void scale(byte[] bytes, int from, float[] to, int offset, int size) {
    for (int j = 0; j < size; j++) {
      to[offset + j] = SCALED[bytes[from + j] & 255];
    }
  }
}
