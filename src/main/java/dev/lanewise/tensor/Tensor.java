package dev.lanewise.tensor;

import java.util.Arrays;
import java.util.Objects;

/**
 * An array of floats with a shape, row-major.
 *
 * <p>The array is the caller's own and not copied: who needs a copy makes one. Two tensors are
 * equal if their shapes and all their elements are; all NaNs count as one, and +0 differs from −0.
 *
 * @param shape the dimensions, all of them known
 * @param data the elements; as many as the shape says
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare contents
public record Tensor(Shape shape, float[] data) {
  /**
   * Checks that the shape fits the array.
   *
   * @throws IllegalArgumentException if the shape is open, or counts other elements than there are
   */
  public Tensor {
    Objects.requireNonNull(data, "data");
    if (shape.hasBatch()) {
      throw new IllegalArgumentException(
          "shape " + shape + " is open, but a tensor needs every dimension");
    }
    if (shape.elements() != data.length) {
      throw new IllegalArgumentException(
          "data has %s elements, but shape %s needs %s"
              .formatted(data.length, shape, shape.elements()));
    }
  }

  /**
   * Makes a tensor of zeros.
   *
   * @param shape the dimensions, all of them known
   * @return a tensor with an array of its own
   */
  public static Tensor zeros(Shape shape) {
    return new Tensor(shape, new float[shape.elements()]);
  }

  /**
   * Makes a tensor around an array.
   *
   * @param data the elements, not copied
   * @param dims the dimensions, all of them known
   * @return a tensor
   */
  public static Tensor of(float[] data, int... dims) {
    return new Tensor(Shape.of(dims), data);
  }

  /**
   * Returns a tensor with the same elements in an array of its own.
   *
   * @return a copy
   */
  public Tensor copy() {
    return new Tensor(shape, data.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor tensor
        && shape.equals(tensor.shape)
        && Arrays.equals(data, tensor.data);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(data);
  }

  /**
   * The shape and the elements in nested brackets, in one line: {@code Tensor(2, 2) [[1.0, 2.0],
   * [3.0, 4.0]]}. Of many elements only the first and last along each axis are written, as NumPy
   * does: {@code Tensor(100,) [0.0, 1.0, 2.0, ..., 97.0, 98.0, 99.0]}.
   */
  @Override
  public String toString() {
    return "Tensor" + shape + " " + new Text(this);
  }

  /** The elements of a tensor as text, a few of them if there are many. */
  private static final class Text {
    /** Tensors of at most so many elements are written in full. */
    private static final int ALL = 64;

    /** Elements at either end of an axis that are written if there are more. */
    private static final int ENDS = 3;

    private static final String REST = "...";

    private final float[] data;
    private final int[] dims;
    private final boolean whole;
    private final StringBuilder text = new StringBuilder();

    /**
     * Elements that may still be written: axes without number would make even the ends too many.
     */
    private int left = ALL;

    Text(Tensor tensor) {
      data = tensor.data();
      dims = tensor.shape().dims();
      whole = data.length <= ALL;
      if (data.length == 0) {
        text.append("[]");
      } else {
        write(0, 0, data.length);
      }
    }

    /** Writes the elements of one place along all axes before {@code axis}. */
    private void write(int axis, int from, int count) {
      if (axis == dims.length) {
        text.append(data[from]);
        left--;
        return;
      }
      int size = dims[axis];
      int step = count / size;
      text.append('[');
      for (int i = 0; i < size; i++) {
        if (i > 0) {
          text.append(", ");
        }
        if (left <= 0) {
          text.append(REST);
          break;
        }
        if (!whole && i == ENDS && size > 2 * ENDS) {
          text.append(REST).append(", ");
          i = size - ENDS;
        }
        write(axis + 1, from + i * step, step);
      }
      text.append(']');
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
