package dev.lanewise.kernel.support;

import dev.lanewise.kernel.TileConsumer;

/**
 * Adds a bias to tiles and applies ReLU, in place; in the open, so that a consumer behind it may do
 * so in its own pass.
 *
 * @param bias holds one value an output column
 * @param biasOffset where they begin
 * @param whole does it in a pass of its own
 */
@SuppressWarnings("ArrayRecordComponent") // identity is all that is asked of it
public record BiasReluTiles(float[] bias, int biasOffset, TileConsumer whole)
    implements TileConsumer {
  @Override
  public void accept(float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
    whole.accept(tile, offset, ld, row, rows, column, columns);
  }
}
