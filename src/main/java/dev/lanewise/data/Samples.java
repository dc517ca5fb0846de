package dev.lanewise.data;

import dev.lanewise.tensor.Shape;

/** What a model is fed with: a number of samples of one shape, in memory. Immutable. */
public sealed interface Samples permits ByteSamples, FloatSamples {
  /**
   * Returns the number of samples.
   *
   * @return at least 1
   */
  int count();

  /**
   * Returns the shape of one sample.
   *
   * @return a shape without batch dimension, such as (28, 28, 1)
   */
  Shape shape();

  /**
   * Returns some of the samples, which are not copied.
   *
   * @param from the first one, from 0
   * @param to the one after the last, above {@code from} and at most {@link #count}
   * @return the samples from {@code from} to {@code to} − 1
   * @throws IllegalArgumentException if there are no such samples
   */
  Samples slice(int from, int to);

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
  void gather(int[] order, int from, int count, float[] batch, int offset);

  /**
   * Returns all samples as the floats that a model is fed with.
   *
   * @return a new array, sample after sample, each row-major
   */
  default float[] toArray() {
    float[] values = new float[Math.multiplyExact(count(), shape().elements())];
    int[] order = new int[count()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    gather(order, 0, order.length, values, 0);
    return values;
  }
}
