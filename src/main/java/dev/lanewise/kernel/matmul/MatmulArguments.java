package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.support.Check;

/** The argument checks of both twins. */
final class MatmulArguments {
  private MatmulArguments() {}

  /** Refuses operands that do not fit their arrays, and consumers whose tiles no array holds. */
  static void check(
      Transpose transA,
      Transpose transB,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      TileConsumer consumer) {
    Check.given("transA", transA);
    Check.given("transB", transB);
    Check.atLeast("m", m, 0);
    Check.atLeast("n", n, 0);
    Check.atLeast("k", k, 0);
    Check.matrix("a", a, aOffset, rows(transA, m, k), rows(transA, k, m), lda);
    Check.matrix("b", b, bOffset, rows(transB, k, n), rows(transB, n, k), ldb);
    Check.consumer(consumer);
    Check.elements(
        "a tile of the consumer's multiples",
        Math.min(consumer.rowMultiple(), m),
        Math.min(consumer.columnMultiple(), n));
  }

  /** Refuses an output that does not fit its array or shares elements with an operand. */
  static void checkOutput(
      Transpose transA,
      Transpose transB,
      int m,
      int n,
      int k,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    Check.matrix("c", c, cOffset, m, n, ldc);
    apart(c, cOffset, m, n, ldc, "a", a, aOffset, rows(transA, m, k), rows(transA, k, m), lda);
    apart(c, cOffset, m, n, ldc, "b", b, bOffset, rows(transB, k, n), rows(transB, n, k), ldb);
  }

  private static int rows(Transpose trans, int untransposed, int transposed) {
    return trans == Transpose.NO ? untransposed : transposed;
  }

  private static void apart(
      float[] c,
      int cOffset,
      int m,
      int n,
      int ldc,
      String name,
      float[] x,
      int xOffset,
      int rows,
      int columns,
      int ldx) {
    // Blocks of one matrix lie between each other's rows; only they may, and only with one ld.
    if (ldc == ldx && !share(ldc, m, n, (long) xOffset - cOffset, rows, columns)) {
      return;
    }
    Check.disjoint(
        "c", c, cOffset, Check.span(m, n, ldc), name, x, xOffset, Check.span(rows, columns, ldx));
  }

  /**
   * Whether two blocks of one row-major matrix with leading dimension {@code ld} share an element;
   * the second starts {@code distance} elements after the first.
   */
  static boolean share(int ld, int rows1, int columns1, long distance, int rows2, int columns2) {
    long row = Math.floorDiv(distance, (long) ld);
    long column = Math.floorMod(distance, (long) ld);
    // Seen from the first block's start, the second's rows may run over the end of a matrix row.
    return meet(rows1, columns1, row, rows2, column, Math.min(columns2, ld - column))
        || meet(rows1, columns1, row + 1, rows2, 0, column + columns2 - ld);
  }

  private static boolean meet(
      int rows1, int columns1, long row2, int rows2, long column2, long columns2) {
    return rows1 > 0
        && rows2 > 0
        && columns2 > 0
        && row2 < rows1
        && row2 + rows2 > 0
        && column2 < columns1;
  }
}
