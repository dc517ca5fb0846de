package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Rows;

/** A row-major matrix, or rows of one: the array that holds it, and where its rows begin. */
final class Matrix {
  private static final float[] NONE = {};

  private final boolean replaceable;
  private String name = "";
  private long span;
  float[] array = NONE;
  int at;
  int ld;

  /** Makes an empty one; says whether a result may be the very same. */
  Matrix(boolean replaceable) {
    this.replaceable = replaceable;
  }

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
    if (!input.replaceable || at != input.at || ld != input.ld) {
      apartFrom(input);
    }
  }

  /** Some rows of a matrix, in hand: where they lie, or copied. */
  static final class Part {
    private static final Matrix NO_MATRIX = new Matrix(true);

    private Matrix matrix = NO_MATRIX;
    private float[] own = NONE;
    float[] array = NONE;
    int at;
    int ld;

    /** Where a row begins. */
    int row(int i) {
      return at + i * ld;
    }

    float get(int i, int j) {
      return array[at + i * ld + j];
    }

    void set(int i, int j, float value) {
      array[at + i * ld + j] = value;
    }

    /** Whether there is a matrix. */
    boolean isThere() {
      return matrix.array.length > 0;
    }

    /** Becomes the matrix itself. */
    void be(Matrix matrix) {
      this.matrix = matrix;
      array = matrix.array;
      ld = matrix.ld;
    }

    /** Forgets the matrix. */
    void end() {
      be(NO_MATRIX);
    }

    /** Becomes the matrix from an element on. */
    void lie(int first, int column) {
      be(matrix);
      at = matrix.row(first) + column;
    }

    /** Becomes memory of its own, with rows of whole vectors. */
    void own(int rows, int ld) {
      if (own.length < rows * ld) {
        own = new float[rows * ld];
      }
      array = own;
      at = 0;
      this.ld = ld;
    }

    /** Copies m rows of some columns to memory of its own, unless there is no matrix. */
    void copyIn(int first, int m, int column, int columns) {
      if (isThere()) {
        int from = matrix.row(first) + column;
        Rows.copy(m, columns, matrix.array, from, matrix.ld, array, 0, ld);
      }
    }

    /** Copies them back. */
    void copyOut(int first, int m, int column, int columns) {
      if (isThere()) {
        int to = matrix.row(first) + column;
        Rows.copy(m, columns, array, 0, ld, matrix.array, to, matrix.ld);
      }
    }
  }
}
