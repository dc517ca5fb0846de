package dev.lanewise.data;

import dev.lanewise.kernel.support.Check;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;

/** Targets that are classes, numbered from 0. */
public final class Labels implements Targets {
  private final int[] values;
  private final int classes;
  private final int first;
  private final int count;

  private Labels(int[] values, int classes, int first, int count) {
    this.values = values;
    this.classes = classes;
    this.first = first;
    this.count = count;
  }

  /**
   * Makes targets of class numbers.
   *
   * @param labels one class for each sample, from 0 to {@code classes} − 1; copied
   * @param classes the number of classes, at least 1
   * @return the targets
   * @throws IllegalArgumentException if there is no label, or one that is no class
   */
  public static Labels of(int[] labels, int classes) {
    Check.atLeast("classes", classes, 1);
    Check.atLeast("the number of labels", labels.length, 1);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            ("label %s at position %s is none of the %s classes, which are numbered from 0 to"
                    + " %s")
                .formatted(labels[i], i, classes, classes - 1));
      }
    }
    return new Labels(labels.clone(), classes, 0, labels.length);
  }

  @Override
  public int count() {
    return count;
  }

  /**
   * Returns the number of classes.
   *
   * @return at least 1
   */
  public int classes() {
    return classes;
  }

  /**
   * Returns one label.
   *
   * @param sample the sample's number, from 0
   * @return its class
   */
  public int label(int sample) {
    if (sample < 0 || sample >= count) {
      throw Samples.outside("sample", sample, count);
    }
    return values[first + sample];
  }

  /**
   * Returns all labels.
   *
   * @return a new array, one class for each sample
   */
  public int[] toArray() {
    return Arrays.copyOfRange(values, first, first + count);
  }

  @Override
  public Labels slice(int from, int to) {
    Samples.checkSlice(count, from, to);
    return new Labels(values, classes, first + from, to - from);
  }

  /**
   * Writes the labels of a batch one after the other. Allocates nothing.
   *
   * @param order the samples' numbers; the batch is {@code order[from]} to {@code order[from +
   *     count − 1]}
   * @param from where the batch begins in {@code order}
   * @param count the number of samples in the batch, at least 0
   * @param batch where the labels are written
   * @param offset where the first of them is written
   * @throws IllegalArgumentException if the batch leaves one of the arrays, or if a number is not
   *     that of a sample; nothing is written then
   */
  public void gather(int[] order, int from, int count, int[] batch, int offset) {
    Samples.checkBatch(this.count, 1, order, from, count, batch.length, offset);
    for (int i = 0; i < count; i++) {
      batch[offset + i] = values[first + order[from + i]];
    }
  }

  /**
   * Returns the labels as rows of 0 and 1: "one-hot", what Keras calls categorical.
   *
   * @return for each sample {@link #classes} numbers, of which that of its class is 1
   */
  public DenseTargets toCategorical() {
    float[] rows = new float[Check.elements("one-hot targets", count, classes)];
    for (int i = 0; i < count; i++) {
      rows[i * classes + values[first + i]] = 1;
    }
    return DenseTargets.of(rows, Shape.of(classes));
  }

  /** How many of how many classes. */
  @Override
  public String toString() {
    return count + " labels of " + classes + " classes";
  }
}
