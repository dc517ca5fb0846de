package dev.lanewise.kernel;

import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Multiples;

/** Two tile consumers run one after the other on each tile. */
record TileChain(TileConsumer first, TileConsumer second) implements TileConsumer {
  TileChain {
    Check.given("next", second);
  }

  @Override
  public void accept(float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
    first.accept(tile, offset, ld, row, rows, column, columns);
    second.accept(tile, offset, ld, row, rows, column, columns);
  }

  @Override
  public int rowMultiple() {
    return common("rows", first.rowMultiple(), second.rowMultiple());
  }

  @Override
  public int columnMultiple() {
    return common("columns", first.columnMultiple(), second.columnMultiple());
  }

  private static int common(String what, int a, int b) {
    long common = Multiples.leastCommonMultiple(a, b);
    if (common > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          ("the two consumers ask for multiples of %s and %s %s, but their least common multiple %s"
                  + " is too large")
              .formatted(a, b, what, common));
    }
    return (int) common;
  }
}
