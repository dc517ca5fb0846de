package dev.lanewise.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** Changes every tile in place, keeps a copy, and holds that tiles are cut as promised. */
final class Recorder implements TileConsumer {
  private final Conv2dShape shape;
  private final int rowMultiple;
  final float[] seen;
  private final AtomicIntegerArray visits;

  Recorder(Conv2dShape shape, int rowMultiple) {
    this.shape = shape;
    this.rowMultiple = rowMultiple;
    seen = new float[shape.outElements()];
    visits = new AtomicIntegerArray(seen.length);
  }

  static float change(float value, int row, int column) {
    return value + (row * 3 + column);
  }

  @Override
  public int rowMultiple() {
    return rowMultiple;
  }

  @Override
  public void accept(float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
    int width = shape.outWidth();
    int image = shape.outHeight() * width;
    assertEquals(0, row % width, "a tile starts with an output row");
    assertEquals(0, rows % width, "a tile ends with an output row");
    assertTrue(row % image + rows <= image, "a tile lies in one image");
    assertEquals(0, row % image % rowMultiple, "a tile starts on the row multiple");
    assertTrue(
        rows % rowMultiple == 0 || (row + rows) % image == 0,
        "a tile ends on the row multiple, or with its image");
    for (int i = 0; i < rows; i++) {
      for (int j = column; j < column + columns; j++) {
        int at = offset + i * ld + j - column;
        tile[at] = change(tile[at], row + i, j);
        seen[(row + i) * shape.filters() + j] = tile[at];
        visits.incrementAndGet((row + i) * shape.filters() + j);
      }
    }
  }

  /** What all tiles of an output become. */
  static float[] changed(Conv2dShape shape, float[] y) {
    for (int i = 0; i < y.length; i++) {
      y[i] = change(y[i], i / shape.filters(), i % shape.filters());
    }
    return y;
  }

  /** Holds that every element was met, all as often. */
  void assertTiled() {
    for (int i = 0; i < seen.length; i++) {
      assertTrue(visits.get(i) > 0, "no tile has element " + i);
      assertEquals(visits.get(0), visits.get(i), "tiles with element " + i);
    }
  }
}
