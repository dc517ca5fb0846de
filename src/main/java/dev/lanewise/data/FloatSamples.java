package dev.lanewise.data;

import dev.lanewise.tensor.Shape;

/** Samples that are floats already: features of any kind. */
public final class FloatSamples extends Samples {
  private final float[] values;

  private FloatSamples(Shape shape, float[] values, int first, int count) {
    super(shape, first, count);
    this.values = values;
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
    return new FloatSamples(shape, values, 0, count("values", values.length, shape));
  }

  /** One number of a sample, the elements counted row-major. */
  float value(int sample, int element) {
    if (sample < 0 || sample >= count()) {
      throw outside("sample", sample, count());
    }
    int size = shape().elements();
    if (element < 0 || element >= size) {
      throw outside("element", element, size);
    }
    return values[place(sample) + element];
  }

  @Override
  public FloatSamples slice(int from, int to) {
    return new FloatSamples(shape(), values, firstOf(from, to), to - from);
  }

  @Override
  public void gather(int[] order, int from, int count, float[] batch, int offset) {
    checkBatch(order, from, count, batch, offset);
    int size = shape().elements();
    for (int i = 0; i < count; i++) {
      System.arraycopy(values, place(order[from + i]), batch, offset + i * size, size);
    }
  }
}
