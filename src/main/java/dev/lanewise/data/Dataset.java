package dev.lanewise.data;

import dev.lanewise.kernel.support.Check;
import dev.lanewise.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Samples with their targets: what a model is trained on or evaluated with.
 *
 * @param samples what the model is fed with
 * @param targets what it should answer, one for each sample
 * @param weights how much each sample's loss counts, or null where all count the same
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public record Dataset(Samples samples, Targets targets, @Nullable SampleWeights weights) {
  /**
   * Checks that there is a target for each sample, and a weight if there are weights.
   *
   * @throws IllegalArgumentException if there is not
   */
  public Dataset {
    if (weights != null) {
      checkOneEach(samples, weights.count(), "weights");
    }
    checkOneEach(samples, targets.count(), "targets");
  }

  private static void checkOneEach(Samples samples, int count, String what) {
    if (samples.count() != count) {
      throw new IllegalArgumentException(
          "there are %s samples, but %s %s; each sample needs one"
              .formatted(samples.count(), count, what));
    }
  }

  /**
   * Makes a data set whose samples all count the same.
   *
   * @param samples what the model is fed with
   * @param targets what it should answer, one for each sample
   */
  public Dataset(Samples samples, Targets targets) {
    this(samples, targets, null);
  }

  /**
   * Returns the same samples and targets with weights (Keras's sample_weight; for class_weight see
   * {@link SampleWeights#ofClasses}). A sample's loss and gradient are multiplied by its weight;
   * means divide by the number of samples still.
   *
   * @param each one weight for each sample
   * @return a data set of the same samples
   * @throws IllegalArgumentException if there are not as many weights as samples
   */
  public Dataset withWeights(SampleWeights each) {
    return new Dataset(samples, targets, each);
  }

  /**
   * Makes a data set of floats and rows of targets.
   *
   * @param values the samples, one after the other, each row-major; not copied
   * @param shape the shape of one sample
   * @param targets the targets, row after row; not copied
   * @param outputs the number of targets of a sample
   * @return the data set
   * @throws IllegalArgumentException if the arrays do not fit the shape or each other
   */
  public static Dataset of(float[] values, Shape shape, float[] targets, int outputs) {
    return new Dataset(FloatSamples.of(values, shape), DenseTargets.of(targets, Shape.of(outputs)));
  }

  /**
   * Makes a data set of floats and class numbers.
   *
   * @param values the samples, one after the other, each row-major; not copied
   * @param shape the shape of one sample
   * @param labels one class for each sample
   * @param classes the number of classes
   * @return the data set
   * @throws IllegalArgumentException if the arrays do not fit the shape, the classes or each other
   */
  public static Dataset of(float[] values, Shape shape, int[] labels, int classes) {
    return new Dataset(FloatSamples.of(values, shape), Labels.of(labels, classes));
  }

  /**
   * Returns the number of samples.
   *
   * @return at least 1
   */
  public int count() {
    return samples.count();
  }

  /**
   * Returns the first samples, which are not copied.
   *
   * @param most how many, at least 1; all of them if there are fewer
   * @return a data set of at most that many samples
   * @throws IllegalArgumentException if {@code most} is below 1
   */
  public Dataset limit(int most) {
    Check.atLeast("limit", most, 1);
    return most >= count() ? this : slice(0, most);
  }

  /**
   * Returns some of the samples with their targets, which are not copied.
   *
   * @param from the first one, from 0
   * @param to the one after the last, above {@code from} and at most {@link #count}
   * @return the samples from {@code from} to {@code to} − 1
   * @throws IllegalArgumentException if there are no such samples
   */
  public Dataset slice(int from, int to) {
    return new Dataset(
        samples.slice(from, to),
        targets.slice(from, to),
        weights == null ? null : weights.slice(from, to));
  }
}
