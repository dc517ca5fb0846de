package dev.lanewise.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lanewise.kernel.TileConsumer;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A consumer that changes tiles in place (by position) and keeps a copy of what it was given; it
 * counts how often it is given each element and looks for tiles that break the contract.
 */
final class Coverage implements TileConsumer {
  private final int m;
  private final int n;
  private final int rowMultiple;
  private final int columnMultiple;
  private final AtomicIntegerArray counts;
  private final AtomicReference<@Nullable String> complaint = new AtomicReference<>();

  /** What was handed over, row-major without gaps. */
  final float[] received;

  Coverage(int m, int n, int rowMultiple, int columnMultiple) {
    this.m = m;
    this.n = n;
    this.rowMultiple = rowMultiple;
    this.columnMultiple = columnMultiple;
    counts = new AtomicIntegerArray(m * n);
    received = new float[m * n];
  }

  @Override
  public void accept(float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
    boolean cut = cut(row, rows, m, rowMultiple()) && cut(column, columns, n, columnMultiple());
    long least = (long) Math.min(rowMultiple(), m) * Math.min(columnMultiple(), n);
    boolean small = (long) rows * columns <= Math.max(8192, least * 64);
    if (!cut || ld < columns || !small) {
      complaint.set(
          "tile of ld " + ld + " at " + row + " + " + rows + ", " + column + " + " + columns);
      return;
    }
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        int at = (row + i) * n + column + j;
        counts.incrementAndGet(at);
        received[at] = tile[offset + i * ld + j];
        tile[offset + i * ld + j] = change(received[at], row + i, column + j);
      }
    }
  }

  static float change(float x, int row, int column) {
    return x * 0.5f + (row - 3 * column);
  }

  private static boolean cut(int start, int length, int size, int multiple) {
    return start >= 0
        && length >= 1
        && start + length <= size
        && start % multiple == 0
        && (length % multiple == 0 || start + length == size);
  }

  @Override
  public int rowMultiple() {
    return rowMultiple;
  }

  @Override
  public int columnMultiple() {
    return columnMultiple;
  }

  void assertTiled() {
    assertNull(complaint.get());
    for (int i = 0; i < counts.length(); i++) {
      assertEquals(1, counts.get(i), "tiles with element " + i);
    }
  }
}
