package dev.lanewise.kernel.support;

/** Rows of a matrix, some columns of each. */
public final class Rows {
  private Rows() {}

  /**
   * Copies {@code to[toAt + i * toLd + j] = from[at + i * ld + j]}.
   *
   * @param rows number of rows
   * @param columns number of columns
   * @param from an array of floats or of ints
   * @param ld distance of its rows
   * @param to one of the same kind
   */
  public static void copy(
      int rows, int columns, Object from, int at, int ld, Object to, int toAt, int toLd) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, at + i * ld, to, toAt + i * toLd, columns);
    }
  }
}
