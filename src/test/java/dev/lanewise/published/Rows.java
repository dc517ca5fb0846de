package dev.lanewise.published;

import java.util.Arrays;

/** A tensor as a matrix whose rows run along one axis, the other axes being the rows' numbers. */
final class Rows {
  private final int outer;
  private final int columns;
  private final int inner;

  Rows(int[] shape, int axis) {
    int at = axis < 0 ? axis + shape.length : axis;
    outer = product(shape, 0, at);
    columns = shape[at];
    inner = product(shape, at + 1, shape.length);
  }

  private static int product(int[] shape, int from, int to) {
    return Arrays.stream(shape, from, to).reduce(1, (a, b) -> a * b);
  }

  int rows() {
    return outer * inner;
  }

  int columns() {
    return columns;
  }

  /** The tensor's elements as rows. */
  float[] of(float[] tensor) {
    return move(tensor, true);
  }

  /** Rows as the tensor's elements. */
  float[] back(float[] rows) {
    return move(rows, false);
  }

  private float[] move(float[] from, boolean toRows) {
    float[] to = new float[from.length];
    for (int o = 0; o < outer; o++) {
      for (int j = 0; j < columns; j++) {
        for (int i = 0; i < inner; i++) {
          int tensor = (o * columns + j) * inner + i;
          int row = (o * inner + i) * columns + j;
          to[toRows ? row : tensor] = from[toRows ? tensor : row];
        }
      }
    }
    return to;
  }
}
