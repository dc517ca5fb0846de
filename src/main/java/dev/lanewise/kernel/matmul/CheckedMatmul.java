package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import java.util.List;
import java.util.function.Function;

/** Checks a product's arguments, and runs the first of a twin's implementations that fits it. */
abstract class CheckedMatmul extends AbstractKernel<GemmCall> implements Matmul {
  /** A scalar twin. */
  CheckedMatmul(BlockSizes sizes, List<Function<GemmCall, GemmPart>> implementations) {
    super(() -> new GemmCall(sizes, 1, implementations));
  }

  /** A SIMD twin. */
  CheckedMatmul(Team team, BlockSizes sizes, List<Function<GemmCall, GemmPart>> implementations) {
    super(() -> new GemmCall(sizes, team.size(), implementations), team);
  }

  @Override
  public final void sgemm(
      Transpose transA,
      Transpose transB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      float beta,
      float[] c,
      int cOffset,
      int ldc,
      TileConsumer consumer) {
    GemmCall x = take().size(m, n, k).a(transA, a, aOffset, lda).b(transB, b, bOffset, ldb);
    checkOperands(x.into(c, cOffset, ldc).scaled(alpha, beta).to(consumer));
    checkOutput(x);
    run(x);
  }

  @Override
  public final void sgemmTiles(
      Transpose transA,
      Transpose transB,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      TileConsumer consumer) {
    GemmCall x = take().size(m, n, k).a(transA, a, aOffset, lda).b(transB, b, bOffset, ldb);
    checkOperands(x.intoNothing().scaled(alpha, 0).to(consumer));
    run(x);
  }

  private void run(GemmCall x) {
    int parts = x.plan(members());
    run(x, parts, 1, parts > 1 ? Call.ALONE : 0);
  }

  /** Refuses operands that do not fit their arrays, and consumers whose tiles no array holds. */
  private static void checkOperands(GemmCall x) {
    Check.given("transA", x.transA);
    Check.given("transB", x.transB);
    Check.atLeast("m", x.m, 0);
    Check.atLeast("n", x.n, 0);
    Check.atLeast("k", x.k, 0);
    Check.matrix("a", x.a, x.aOffset, x.aRows(), x.aColumns(), x.lda);
    Check.matrix("b", x.b, x.bOffset, x.bRows(), x.bColumns(), x.ldb);
    Check.consumer(x.consumer);
    Check.elements(
        "a tile of the consumer's multiples",
        Math.min(x.consumer.rowMultiple(), x.m),
        Math.min(x.consumer.columnMultiple(), x.n));
  }

  /** Refuses an output that does not fit its array or shares elements with an operand. */
  private static void checkOutput(GemmCall x) {
    Check.matrix("c", x.c, x.cOffset, x.m, x.n, x.ldc);
    // Blocks of one matrix lie between each other's rows; only they may, and only with one ld.
    if (x.ldc != x.lda
        || share(x.ldc, x.m, x.n, (long) x.aOffset - x.cOffset, x.aRows(), x.aColumns())) {
      long aSpan = Check.span(x.aRows(), x.aColumns(), x.lda);
      Check.disjoint("c", x.c, x.cOffset, x.cSpan(), "a", x.a, x.aOffset, aSpan);
    }
    if (x.ldc != x.ldb
        || share(x.ldc, x.m, x.n, (long) x.bOffset - x.cOffset, x.bRows(), x.bColumns())) {
      long bSpan = Check.span(x.bRows(), x.bColumns(), x.ldb);
      Check.disjoint("c", x.c, x.cOffset, x.cSpan(), "b", x.b, x.bOffset, bSpan);
    }
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
