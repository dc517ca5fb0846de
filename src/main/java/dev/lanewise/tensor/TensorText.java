package dev.lanewise.tensor;

/** The elements of a tensor as text, a few of them if there are many. */
final class TensorText {
  /** Tensors of at most so many elements are written in full. */
  private static final int ALL = 64;

  /** Elements at either end of an axis that are written if there are more. */
  private static final int ENDS = 3;

  private static final String REST = "...";

  private final float[] data;
  private final int[] dims;
  private final boolean whole;
  private final StringBuilder text = new StringBuilder();

  /** Elements that may still be written: axes without number would make even the ends too many. */
  private int left = ALL;

  TensorText(Tensor tensor) {
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
