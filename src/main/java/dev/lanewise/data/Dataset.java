package dev.lanewise.data;

import dev.lanewise.kernel.support.Check;
import dev.lanewise.tensor.Shape;

/**
 * Samples with their targets: what a model is trained on or evaluated with.
 *
 * @param samples what the model is fed with
 * @param targets what it shall answer, one for each sample
 */
public record Dataset(Samples samples, Targets targets) {
  /**
   * Checks that there is a target for each sample.
   *
   * @throws IllegalArgumentException if there is not
   */
  public Dataset {
    if (samples.count() != targets.count()) {
      throw new IllegalArgumentException(
          "there are "
              + samples.count()
              + " samples, but "
              + targets.count()
              + " targets; each sample needs one");
    }
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
    return new Dataset(samples.slice(from, to), targets.slice(from, to));
  }
}
