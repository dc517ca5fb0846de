package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.support.Recycler;
import java.util.Arrays;

/**
 * The scalar twin of {@link Matmul}: plain loops that define the result.
 *
 * <p>Thread-safe; scratch memory is kept from call to call.
 */
public final class ScalarMatmul implements Matmul {
  private static final int BLOCK = TileSizes.MOST_ELEMENTS;

  private final Recycler<Tile> tiles = new Recycler<>(Tile::new);

  /** Builds the scalar twin. */
  public ScalarMatmul() {}

  @Override
  public int vectorBits() {
    return 0;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void sgemm(
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
    MatmulArguments.check(transA, transB, m, n, k, a, aOffset, lda, b, bOffset, ldb, consumer);
    MatmulArguments.checkOutput(
        transA, transB, m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc);
    if (m == 0 || n == 0) {
      return;
    }
    int rowGranule = TileSizes.granule(consumer.rowMultiple(), 1, m);
    int columnGranule = TileSizes.granule(consumer.columnMultiple(), 1, n);
    int leastRows = TileSizes.leastRows(m, rowGranule, columnGranule, BLOCK);
    int columns = TileSizes.columns(n, leastRows, columnGranule, BLOCK);
    int rows = TileSizes.rows(m, leastRows, rowGranule, columns, BLOCK);
    Tile tile = tiles.take();
    try {
      for (int i = 0; i < m; i += rows) {
        for (int j = 0; j < n; j += columns) {
          tile.set(i, Math.min(rows, m - i), j, Math.min(columns, n - j));
          tile.multiply(transA, transB, alpha == 0 ? 0 : k, a, aOffset, lda, b, bOffset, ldb);
          int corner = cOffset + i * ldc + j;
          tile.store(alpha, beta, c, corner, ldc);
          consumer.accept(c, corner, ldc, i, tile.rows, j, tile.columns);
        }
      }
    } finally {
      tiles.give(tile);
    }
  }

  @Override
  public void sgemmTiles(
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
    MatmulArguments.check(transA, transB, m, n, k, a, aOffset, lda, b, bOffset, ldb, consumer);
    if (m == 0 || n == 0) {
      return;
    }
    int rowGranule = TileSizes.granule(consumer.rowMultiple(), 1, m);
    int columnGranule = TileSizes.granule(consumer.columnMultiple(), 1, n);
    int leastRows = TileSizes.leastRows(m, rowGranule, columnGranule, BLOCK);
    int columns = TileSizes.columns(n, leastRows, columnGranule, BLOCK);
    int rows = TileSizes.rows(m, leastRows, rowGranule, columns, BLOCK);
    Tile tile = tiles.take();
    try {
      for (int i = 0; i < m; i += rows) {
        for (int j = 0; j < n; j += columns) {
          tile.set(i, Math.min(rows, m - i), j, Math.min(columns, n - j));
          tile.multiply(transA, transB, alpha == 0 ? 0 : k, a, aOffset, lda, b, bOffset, ldb);
          tile.store(alpha, 0, tile.chains, 0, tile.columns);
          consumer.accept(tile.chains, 0, tile.columns, i, tile.rows, j, tile.columns);
        }
      }
    } finally {
      tiles.give(tile);
    }
  }

  /** The chains of one block of the product. */
  private static final class Tile {
    private float[] chains = {};
    private int row;
    private int rows;
    private int column;
    private int columns;

    void set(int row, int rows, int column, int columns) {
      this.row = row;
      this.rows = rows;
      this.column = column;
      this.columns = columns;
      int size = Math.multiplyExact(rows, columns);
      if (chains.length < size) {
        chains = new float[size];
      }
    }

    /** chains[i][j] = Σ op(A)[i][p] · op(B)[p][j], p ascending, from +0. */
    void multiply(
        Transpose transA,
        Transpose transB,
        int k,
        float[] a,
        int aOffset,
        int lda,
        float[] b,
        int bOffset,
        int ldb) {
      Arrays.fill(chains, 0, rows * columns, 0f);
      for (int i = 0; i < rows; i++) {
        for (int p = 0; p < k; p++) {
          int at = transA == Transpose.NO ? (row + i) * lda + p : p * lda + row + i;
          float x = a[aOffset + at];
          if (transB == Transpose.NO) {
            addMultiple(columns, x, b, bOffset + p * ldb + column, 1, chains, i * columns);
          } else {
            addMultiple(columns, x, b, bOffset + column * ldb + p, ldb, chains, i * columns);
          }
        }
      }
    }

    private static void addMultiple(
        int n, float x, float[] b, int bOffset, int stride, float[] sums, int offset) {
      for (int j = 0; j < n; j++) {
        sums[offset + j] = Fma.fma(x, b[bOffset + j * stride], sums[offset + j]);
      }
    }

    /** Applies alpha and beta; with beta 0 the old C is not read. */
    void store(float alpha, float beta, float[] c, int cOffset, int ldc) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          float product = alpha * chains[i * columns + j];
          int at = cOffset + i * ldc + j;
          c[at] = beta == 0 ? product : Fma.fma(beta, c[at], product);
        }
      }
    }
  }
}
