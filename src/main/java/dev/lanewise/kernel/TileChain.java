package dev.lanewise.kernel;

/** Two tile consumers run one after the other on each tile. */
record TileChain(TileConsumer first, TileConsumer second) implements TileConsumer {
  @Override
  public void accept(float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
    first.accept(tile, offset, ld, row, rows, column, columns);
    second.accept(tile, offset, ld, row, rows, column, columns);
  }

  @Override
  public int rowMultiple() {
    return leastCommonMultiple(first.rowMultiple(), second.rowMultiple());
  }

  @Override
  public int columnMultiple() {
    return leastCommonMultiple(first.columnMultiple(), second.columnMultiple());
  }

  private static int leastCommonMultiple(int a, int b) {
    int x = a;
    int y = b;
    while (y != 0) {
      int rest = x % y;
      x = y;
      y = rest;
    }
    return Math.multiplyExact(a / x, b);
  }
}
