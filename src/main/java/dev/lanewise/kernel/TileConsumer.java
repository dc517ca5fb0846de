package dev.lanewise.kernel;

/**
 * Receives the finished tiles of a producer (a matrix product or a convolution) while they are hot.
 *
 * <p>A producer calls {@link #accept} exactly once for every block of its output, after the block's
 * last term has been added, with a block of 8 to 32 KB where the output is that large. The blocks
 * cover the output without overlap. The consumer may change the tile in place (bias, ReLU, dropout:
 * the producer's output then holds the changed values) or read it and write elsewhere (max-pooling,
 * an optimizer's update).
 *
 * <p>With a team, several workers call one consumer at the same time for different tiles: a
 * consumer keeps no state of its own between calls, allocates nothing, and writes only to the tile
 * or to places that belong to this tile alone. Running the consumer once over the whole output
 * gives the same bits as running it tile by tile.
 */
@FunctionalInterface
public interface TileConsumer {
  /**
   * Takes one finished tile.
   *
   * <p>Element (i, j) of the tile, 0 ≤ i &lt; {@code rows} and 0 ≤ j &lt; {@code columns}, lies at
   * {@code tile[offset + i * ld + j]} and is element ({@code row + i}, {@code column + j}) of the
   * output. For a convolution a row is an output pixel, {@code (image · outHeight + oh) · outWidth
   * + ow}, and a column is a filter.
   *
   * @param tile the array that holds the tile
   * @param offset where the tile's first element lies in {@code tile}
   * @param ld distance between the starts of two rows of the tile, at least {@code columns}
   * @param row the output row of the tile's first row
   * @param rows number of rows, at least 1
   * @param column the output column of the tile's first column
   * @param columns number of columns, at least 1
   */
  void accept(float[] tile, int offset, int ld, int row, int rows, int column, int columns);

  /**
   * Returns a number of rows that tiles must start and end on.
   *
   * <p>Every tile's first row is a multiple of this number, and so is its number of rows, except
   * for the last tile of the output. A convolution counts from the start of each image and may end
   * an image's last tile earlier: its tiles are whole output rows of one image.
   *
   * @return at least 1; more than the output has asks for all its rows
   */
  default int rowMultiple() {
    return 1;
  }

  /**
   * Returns a number of columns that tiles must start and end on, the output's last tile excepted.
   *
   * @return at least 1; more than the output has asks for all its columns
   */
  default int columnMultiple() {
    return 1;
  }

  /**
   * Returns a consumer that runs this one and then {@code next} on the same tile.
   *
   * <p>Its multiples are the least common multiples of the two. Meant for consumers that change
   * tiles in place.
   *
   * @param next the consumer to run second
   * @return the chain of the two
   * @throws NullPointerException if {@code next} is null
   */
  default TileConsumer andThen(TileConsumer next) {
    return new TileChain(this, next);
  }

  /**
   * Returns a consumer that runs {@code first} and then this one on the same tile, for a producer
   * whose tiles nobody reads afterwards.
   *
   * <p>Unlike {@link #andThen}, it need not leave in the tile what {@code first} makes of it. So
   * max-pooling can do bias and ReLU in passing.
   *
   * @param first the consumer to run first
   * @return the chain of the two
   */
  default TileConsumer behind(TileConsumer first) {
    return first.andThen(this);
  }
}
