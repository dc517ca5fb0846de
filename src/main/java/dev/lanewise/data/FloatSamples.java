package dev.lanewise.data;

import dev.lanewise.tensor.Shape;

/** Samples that are floats already: features of any kind. */
public final class FloatSamples implements Samples {
  private final Shape shape;
  private final float[] values;
  private final int first;
  private final int count;

  private FloatSamples(Shape shape, float[] values, int first, int count) {
    this.shape = shape;
    this.values = values;
    this.first = first;
    this.count = count;
  }

  /**
   * Makes samples of an array.
   *
   * @param values the values, sample after sample, each row-major; not copied
   * @param shape the shape of one sample
   * @return as many samples as the array holds
   * @throws IllegalArgumentException if that is no whole number or none
   */
  public static FloatSamples of(float[] values, Shape shape) {
    int count = Batches.count("values", values.length, shape.elements(), shape);
    return new FloatSamples(shape, values, 0, count);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  /** One number of a sample, the elements counted row-major. */
  float value(int sample, int element) {
    if (sample < 0 || sample >= count) {
      throw new IllegalArgumentException(
          "sample is " + sample + ", but must be from 0 to " + (count - 1));
    }
    int size = shape.elements();
    if (element < 0 || element >= size) {
      throw new IllegalArgumentException(
          "element is " + element + ", but must be from 0 to " + (size - 1));
    }
    return values[(first + sample) * size + element];
  }

  @Override
  public FloatSamples slice(int from, int to) {
    Batches.slice(count, from, to);
    return new FloatSamples(shape, values, first + from, to - from);
  }

  @Override
  public void gather(int[] order, int from, int count, float[] batch, int offset) {
    int size = shape.elements();
    Batches.check(this.count, size, order, from, count, batch.length, offset);
    for (int i = 0; i < count; i++) {
      int at = (first + order[from + i]) * size;
      System.arraycopy(values, at, batch, offset + i * size, size);
    }
  }

  /** How many of which shape. */
  @Override
  public String toString() {
    return count + " samples of " + shape;
  }
}
