package dev.lanewise.data;

import dev.lanewise.tensor.Shape;

/** How much each sample's loss counts: one finite weight of at least 0 a sample. Immutable. */
public final class SampleWeights {
  private final FloatSamples values;

  private SampleWeights(FloatSamples values) {
    this.values = values;
  }

  /**
   * Makes weights of an array.
   *
   * @param weights one for each sample; copied
   * @return the weights
   * @throws IllegalArgumentException if there is none, or one that is negative or not finite
   */
  public static SampleWeights of(float... weights) {
    for (int i = 0; i < weights.length; i++) {
      if (!(weights[i] >= 0 && weights[i] < Float.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "weight " + i + " is " + weights[i] + ", but must be finite and not negative");
      }
    }
    return new SampleWeights(FloatSamples.of(weights.clone(), Shape.of(1)));
  }

  /**
   * Makes weights that depend on the sample's class (Keras's class_weight).
   *
   * @param labels the samples' classes
   * @param weights one for each class
   * @return for each sample that of its class
   * @throws IllegalArgumentException if there are not as many weights as classes, or one is
   *     negative or not finite
   */
  public static SampleWeights ofClasses(Labels labels, float... weights) {
    if (weights.length != labels.classes()) {
      throw new IllegalArgumentException(
          "there are " + labels.classes() + " classes, but " + weights.length + " weights");
    }
    float[] each = new float[labels.count()];
    for (int i = 0; i < each.length; i++) {
      each[i] = weights[labels.label(i)];
    }
    return of(each);
  }

  /**
   * Returns the number of weights.
   *
   * @return at least 1
   */
  public int count() {
    return values.count();
  }

  /**
   * Returns some of the weights.
   *
   * @param from the first one, from 0
   * @param to the one after the last
   * @return those from {@code from} to {@code to} − 1
   * @throws IllegalArgumentException if there are no such weights
   */
  public SampleWeights slice(int from, int to) {
    return new SampleWeights(values.slice(from, to));
  }

  /**
   * Writes the weights of a batch one after the other. Allocates nothing.
   *
   * @param order the samples' numbers
   * @param from where the batch begins in {@code order}
   * @param count the number of samples in the batch
   * @param batch where the weights are written
   * @param offset where the first of them is written
   * @throws IllegalArgumentException if the batch leaves one of the arrays
   */
  public void gather(int[] order, int from, int count, float[] batch, int offset) {
    values.gather(order, from, count, batch, offset);
  }

  /** How many. */
  @Override
  public String toString() {
    return values.count() + " weights";
  }
}
