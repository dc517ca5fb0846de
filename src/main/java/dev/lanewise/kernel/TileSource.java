package dev.lanewise.kernel;

/**
 * Makes the input of a consumer (a convolution's gradients of weights and bias) tile by tile, when
 * the consumer gets to it: the mirror image of {@link TileConsumer}.
 *
 * <p>The input is a row-major matrix. A consumer asks for tiles in any order, for some perhaps more
 * than once, and from several threads at the same time, each into memory of its own. A tile's
 * elements do not depend on how the matrix is cut into tiles.
 */
public interface TileSource {
  /**
   * Returns the number of rows of the matrix; those of a gradient of images are pixels.
   *
   * @return at least 0
   */
  int rows();

  /**
   * Returns the number of columns of the matrix.
   *
   * @return at least 1
   */
  int columns();

  /**
   * Returns a number of rows that tiles must start and end on.
   *
   * @return at least 1
   */
  default int rowMultiple() {
    return 1;
  }

  /**
   * Writes some rows of the matrix, without gaps. Allocates nothing.
   *
   * @param tile takes the elements
   * @param offset where the first one goes
   * @param row the first row, a multiple of {@link #rowMultiple}
   * @param rows number of rows, a multiple of {@link #rowMultiple}
   */
  void fill(float[] tile, int offset, int row, int rows);

  /**
   * Refuses an output that overlaps what the tiles are made of, as far as the source knows that.
   *
   * @param name what the output is called
   * @param out takes the consumer's result
   * @param offset where it begins
   * @param elements its length
   * @throws IllegalArgumentException if they overlap
   */
  default void checkApart(String name, float[] out, int offset, int elements) {}
}
