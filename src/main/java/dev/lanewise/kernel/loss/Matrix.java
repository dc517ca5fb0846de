package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.Check;

/** A row-major matrix, or rows of one: the array that holds it, and where its rows begin. */
final class Matrix {
  private static final float[] NONE = {};

  private String name = "";
  private long span;
  float[] array = NONE;
  int at;
  int ld;

  /** Sets and checks a matrix of a call. */
  void set(String name, float[] array, int at, int ld, int rows, int columns) {
    this.name = name;
    set(array, at, ld);
    Check.matrix(name, array, at, rows, columns, ld);
    span = Check.span(rows, columns, ld);
  }

  /** Sets rows in hand. */
  void set(float[] array, int at, int ld) {
    this.array = array;
    this.at = at;
    this.ld = ld;
  }

  void clear() {
    set(NONE, 0, 0);
    span = 0;
  }

  /** Where a row begins. */
  int row(int i) {
    return at + i * ld;
  }

  /**
   * How many rows have {@code n} elements from their first one on before {@code end}: all that
   * there are, if the matrix is missing.
   */
  int rowsBefore(int end, int n) {
    return array.length == 0 ? Integer.MAX_VALUE : Math.max(0, (end - at - n + ld) / ld);
  }

  /** Whether both lie in the same array. */
  @SuppressWarnings("ReferenceEquality") // the same array is what is asked
  boolean sharesWith(Matrix input) {
    return array.length > 0 && array == input.array;
  }

  /** Refuses to share an element with an input. */
  void apartFrom(Matrix input) {
    Check.disjoint(name, array, at, span, input.name, input.array, input.at, input.span);
  }

  /** Refuses to overlap an input other than by being the very same matrix. */
  void sameAsOrApartFrom(Matrix input) {
    if (at != input.at || ld != input.ld) {
      apartFrom(input);
    }
  }
}
