package dev.lanewise.onnx;

import dev.lanewise.graph.op.RearrangeOp;
import dev.lanewise.kernel.pointwise.Arithmetic;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers of a file, or what its nodes compute of them and of shapes, before the graph runs.
 *
 * @param shape their shape
 * @param values the numbers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Integers(Shape shape, long[] values) {
  /** Stands for the size of an open batch. */
  static final long OPEN = Long.MIN_VALUE;

  /** More are no shape. */
  private static final int MOST = 1 << 16;

  /** So many times one number. */
  static Integers filled(Shape shape, long value) {
    checkSize(shape);
    long[] values = new long[shape.elements()];
    Arrays.fill(values, value);
    return new Integers(shape, values);
  }

  private static void checkSize(Shape shape) {
    if (shape.elements() > MOST) {
      throw new IllegalArgumentException("%s is too large to be part of a shape".formatted(shape));
    }
  }

  /** Likewise rearranged. */
  Integers rearranged(RearrangeOp op) {
    checkSize(shape);
    float[] places = new float[values.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    float[] from = op.of(places);
    long[] moved = new long[from.length];
    Arrays.setAll(moved, i -> values[(int) from[i]]);
    return new Integers(op.value(), moved);
  }

  /**
   * What is computed with others of the same shape, or of which there is one: a difference, a
   * product or a quotient; null is a sum.
   */
  Integers with(Integers other, @Nullable Arithmetic how) {
    int n = Math.max(values.length, other.values.length);
    if ((values.length != n && values.length != 1)
        || (other.values.length != n && other.values.length != 1)) {
      throw new IllegalArgumentException(
          "%s and %s cannot be brought to one shape".formatted(shape, other.shape));
    }
    long[] all = new long[n];
    for (int i = 0; i < n; i++) {
      long a = values[values.length == 1 ? 0 : i];
      long b = other.values[other.values.length == 1 ? 0 : i];
      long neutral = how == null || how == Arithmetic.SUBTRACT ? 0 : 1;
      if (a == OPEN && b == neutral) {
        all[i] = OPEN;
      } else if (a == OPEN || b == OPEN) {
        throw new IllegalArgumentException("a size is computed from the open batch");
      } else if (how == Arithmetic.SUBTRACT) {
        all[i] = Math.subtractExact(a, b);
      } else if (how == Arithmetic.MULTIPLY) {
        all[i] = Math.multiplyExact(a, b);
      } else {
        all[i] = how == null ? Math.addExact(a, b) : a / b;
      }
    }
    return new Integers(values.length == n ? shape : other.shape, all);
  }
}
