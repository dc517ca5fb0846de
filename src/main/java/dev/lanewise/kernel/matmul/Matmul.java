package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.Kernel;
import dev.lanewise.kernel.TileConsumer;

/**
 * Matrix products of row-major float matrices, with the names and the meaning of BLAS's sgemm.
 *
 * <p>op(A) is m × k, op(B) is k × n, C is m × n; op(X) is X or its transpose. A is stored as m × k
 * rows ({@code transA == NO}) or k × m rows ({@code YES}), B as k × n or n × k. A leading dimension
 * is the distance between the starts of two stored rows, at least the stored row's length and at
 * least 1.
 *
 * <p><b>Bits.</b> Each element of C is one chain {@code acc = fma(op(A)[i][p], op(B)[p][j], acc)}
 * over p ascending, from +0. Then, once: {@code beta == 0 ? alpha * acc : fma(beta, C[i][j], alpha
 * * acc)}. With beta 0, C is never read (it may hold NaN); with alpha 0 or k 0 neither A nor B is
 * read, and acc is +0. NaN and infinities propagate as IEEE 754 says; no term is skipped because a
 * factor is zero.
 *
 * <p><b>Aliasing.</b> C must not share elements with A or B; A and B may overlap. Elements of C's
 * array outside its m × n elements (between the rows, before and after) are never written.
 *
 * <p>All methods throw {@link IllegalArgumentException}, before anything is written, if a size is
 * negative, a leading dimension too small, a matrix leaves its array, or C overlaps A or B.
 */
public interface Matmul extends Kernel {
  /**
   * Computes C = alpha · op(A) · op(B) + beta · C.
   *
   * @param transA whether A is transposed
   * @param transB whether B is transposed
   * @param m rows of op(A) and C
   * @param n columns of op(B) and C
   * @param k columns of op(A), rows of op(B)
   * @param alpha factor of the product
   * @param a holds A
   * @param aOffset where A's first element lies in {@code a}
   * @param lda leading dimension of A
   * @param b holds B
   * @param bOffset where B's first element lies in {@code b}
   * @param ldb leading dimension of B
   * @param beta factor of the old C
   * @param c holds C
   * @param cOffset where C's first element lies in {@code c}
   * @param ldc leading dimension of C
   */
  default void sgemm(
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
      int ldc) {
    sgemm(
        transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c, cOffset, ldc,
        NOTHING);
  }

  /**
   * Computes C = alpha · op(A) · op(B) + beta · C and hands each finished tile of C, where it lies
   * in C, to a consumer, which may change it in place.
   *
   * @param transA whether A is transposed
   * @param transB whether B is transposed
   * @param m rows of op(A) and C
   * @param n columns of op(B) and C
   * @param k columns of op(A), rows of op(B)
   * @param alpha factor of the product
   * @param a holds A
   * @param aOffset where A's first element lies in {@code a}
   * @param lda leading dimension of A
   * @param b holds B
   * @param bOffset where B's first element lies in {@code b}
   * @param ldb leading dimension of B
   * @param beta factor of the old C
   * @param c holds C
   * @param cOffset where C's first element lies in {@code c}
   * @param ldc leading dimension of C
   * @param consumer takes the finished tiles
   */
  void sgemm(
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
      TileConsumer consumer);

  /**
   * Computes alpha · op(A) · op(B) tile by tile in scratch memory and hands each finished tile to a
   * consumer; the product itself is written nowhere else.
   *
   * @param transA whether A is transposed
   * @param transB whether B is transposed
   * @param m rows of op(A) and the product
   * @param n columns of op(B) and the product
   * @param k columns of op(A), rows of op(B)
   * @param alpha factor of the product
   * @param a holds A
   * @param aOffset where A's first element lies in {@code a}
   * @param lda leading dimension of A
   * @param b holds B
   * @param bOffset where B's first element lies in {@code b}
   * @param ldb leading dimension of B
   * @param consumer takes the finished tiles; it may write to A or B only where no other tile reads
   */
  void sgemmTiles(
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
      TileConsumer consumer);

  /**
   * Computes C = A · B of whole row-major arrays without gaps.
   *
   * @param m rows of A and C
   * @param n columns of B and C
   * @param k columns of A, rows of B
   * @param a A's m·k elements
   * @param b B's k·n elements
   * @param c takes C's m·n elements
   */
  default void multiply(int m, int n, int k, float[] a, float[] b, float[] c) {
    sgemm(
        Transpose.NO,
        Transpose.NO,
        m,
        n,
        k,
        1f,
        a,
        0,
        Math.max(1, k),
        b,
        0,
        Math.max(1, n),
        0f,
        c,
        0,
        Math.max(1, n));
  }

  /**
   * Computes C = op(A) · op(B) of whole row-major arrays without gaps.
   *
   * @param transA whether A is transposed
   * @param transB whether B is transposed
   * @param m rows of op(A) and C
   * @param n columns of op(B) and C
   * @param k columns of op(A), rows of op(B)
   * @param a A's m·k elements, in k rows if transposed
   * @param b B's k·n elements, in n rows if transposed
   * @param c takes C's m·n elements
   */
  default void multiply(
      Transpose transA, Transpose transB, int m, int n, int k, float[] a, float[] b, float[] c) {
    int lda = Math.max(1, transA == Transpose.NO ? k : m);
    int ldb = Math.max(1, transB == Transpose.NO ? n : k);
    sgemm(transA, transB, m, n, k, 1f, a, 0, lda, b, 0, ldb, 0f, c, 0, Math.max(1, n));
  }

  /** The consumer that leaves a tile as it is. */
  TileConsumer NOTHING = (tile, offset, ld, row, rows, column, columns) -> {};
}
