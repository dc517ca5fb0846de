package dev.lanewise.data;

import dev.lanewise.tensor.Shape;

/** Targets that are floats: class probabilities ("one-hot" rows among them), or any values. */
public final class DenseTargets implements Targets {
  /** Targets and samples of floats are held and gathered alike. */
  private final FloatSamples values;

  private DenseTargets(FloatSamples values) {
    this.values = values;
  }

  /**
   * Makes targets of an array.
   *
   * @param values the values, target after target, each row-major; not copied
   * @param shape the shape of one target
   * @return as many targets as the array holds
   * @throws IllegalArgumentException if that is no whole number or none
   */
  public static DenseTargets of(float[] values, Shape shape) {
    return new DenseTargets(FloatSamples.of(values, shape));
  }

  @Override
  public int count() {
    return values.count();
  }

  /**
   * Returns the shape of one target.
   *
   * @return a shape without batch dimension
   */
  public Shape shape() {
    return values.shape();
  }

  /**
   * Returns one number of a target.
   *
   * @param sample the sample's number, from 0
   * @param element which of the target's numbers, counted row-major from 0
   * @return the number
   * @throws IllegalArgumentException if there is no such sample or element
   */
  public float value(int sample, int element) {
    return values.value(sample, element);
  }

  @Override
  public DenseTargets slice(int from, int to) {
    return new DenseTargets(values.slice(from, to));
  }

  /**
   * Writes the targets of a batch one after the other. Allocates nothing.
   *
   * @param order the samples' numbers; the batch is {@code order[from]} to {@code order[from +
   *     count − 1]}
   * @param from where the batch begins in {@code order}
   * @param count the number of samples in the batch, at least 0
   * @param batch where the targets are written
   * @param offset where the first of them begins
   * @throws IllegalArgumentException if the batch leaves one of the arrays, or if a number is not
   *     that of a sample; nothing is written then
   */
  public void gather(int[] order, int from, int count, float[] batch, int offset) {
    values.gather(order, from, count, batch, offset);
  }

  /** How many of which shape. */
  @Override
  public String toString() {
    return values.count() + " targets of " + values.shape();
  }
}
