package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;

/**
 * The SIMD twin of {@link Matmul}: register tiles over packed panels, divided among a team.
 *
 * <p>Thread-safe; memory for packing is kept from call to call.
 */
public final class SimdMatmul implements Matmul {
  /** Rows of C below which B is read where it lies: a packed copy would be used too rarely. */
  private static final int FEW_ROWS = 4;

  /**
   * How many times the multiply-adds of a small product make a member of the team worth its start:
   * 64×10×256 (160 K) runs at 38 GFLOP/s on one thread and at 15 on two, 64×64×64 (256 K) gains.
   */
  private static final int MEMBER_SHARE = 8;

  private final Team team;
  private final Recycler<SimdProduct> products;
  private final SimdBlocking blocking;

  /**
   * Builds the SIMD twin without asking whether this machine should use it (the factory in {@code
   * Kernels} asks).
   *
   * @param team computes large products; closed by its owner
   * @throws IllegalStateException if this machine lacks the vector width asked for
   */
  public SimdMatmul(Team team) {
    this(team, SimdBlocking.PRODUCTION);
  }

  /**
   * Builds a twin with its own block sizes, for experiments and for tests that cross many blocks
   * with small arrays. The results do not depend on them.
   *
   * @param team computes large products; closed by its owner
   * @param kc terms of a chain that are computed in one go, at least 1
   * @param mc rows of unfinished chains that wait in scratch together, at least 1
   * @param nc columns of B that are packed together, at least 1
   * @param block most elements of C that are handed to a consumer together, as far as it allows; at
   *     least 1
   * @param tileRows most rows of a register tile: 6 (for 16 vector registers) or 12 (for 32)
   * @param small multiply-adds below which a product runs on the caller, without packing; at least
   *     0
   * @param sample elements of A that are looked at to decide whether its zeros are skipped, which
   *     changes no bit; 0 never skips
   * @throws IllegalArgumentException if a size is out of range
   * @throws IllegalStateException if this machine lacks the vector width asked for
   */
  public SimdMatmul(
      Team team, int kc, int mc, int nc, int block, int tileRows, int small, int sample) {
    this(team, new SimdBlocking(kc, mc, nc, block, tileRows, small, sample));
  }

  private SimdMatmul(Team team, SimdBlocking blocking) {
    VectorWidth.require();
    this.team = team;
    this.blocking = blocking;
    products = new Recycler<>(this::newProduct);
  }

  private SimdProduct newProduct() {
    SimdRectangle[] rectangles = new SimdRectangle[team.size()];
    SimdSkipping[] skippings = new SimdSkipping[team.size()];
    for (int i = 0; i < rectangles.length; i++) {
      rectangles[i] = new SimdRectangle(blocking);
      skippings[i] = new SimdSkipping(blocking);
    }
    return new SimdProduct(rectangles, skippings);
  }

  @Override
  public int vectorBits() {
    return VectorWidth.BITS;
  }

  @Override
  public int threads() {
    return team.size();
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
    SimdProduct product = products.take();
    try {
      product.tiles = false;
      product.beta = beta;
      product.c = c;
      product.cOffset = cOffset;
      product.ldc = ldc;
      setOperands(product, transA, transB, a, aOffset, lda, b, bOffset, ldb);
      run(product, m, n, k, alpha, consumer);
    } finally {
      product.clear();
      products.give(product);
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
    SimdProduct product = products.take();
    try {
      product.tiles = true;
      product.beta = 0;
      setOperands(product, transA, transB, a, aOffset, lda, b, bOffset, ldb);
      run(product, m, n, k, alpha, consumer);
    } finally {
      product.clear();
      products.give(product);
    }
  }

  private static void setOperands(
      SimdProduct product,
      Transpose transA,
      Transpose transB,
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb) {
    product.a = a;
    product.aOffset = aOffset;
    product.aRowStride = transA == Transpose.NO ? lda : 1;
    product.aTermStride = transA == Transpose.NO ? 1 : lda;
    product.b = b;
    product.bOffset = bOffset;
    product.bColumnStride = transB == Transpose.NO ? 1 : ldb;
    product.bTermStride = transB == Transpose.NO ? ldb : 1;
  }

  private void run(SimdProduct product, int m, int n, int k, float alpha, TileConsumer consumer) {
    if (m == 0 || n == 0) {
      return;
    }
    int terms = alpha == 0 ? 0 : k;
    double work = (double) m * n * terms;
    product.m = m;
    product.n = n;
    product.k = terms;
    product.alpha = alpha;
    product.consumer = consumer;
    product.skip = SimdSkipping.pays(product, blocking);
    int tileRows = product.skip ? 1 : blocking.tileRows();
    int tileColumns = product.skip ? SimdSkipping.COLUMNS : SimdMicrokernel.COLUMNS;
    product.rowGranule = TileSizes.granule(consumer.rowMultiple(), tileRows, m);
    product.columnGranule = TileSizes.granule(consumer.columnMultiple(), tileColumns, n);
    product.direct =
        terms == 0
            || work < blocking.small()
            || (m < FEW_ROWS && product.bColumnStride == 1)
            || n <= VectorWidth.LANES;
    double members =
        Math.min(team.members(), work / Math.max(1, MEMBER_SHARE * (double) blocking.small()));
    int parts = product.divide((int) Math.max(1, members));
    product.deal(blocking, team.crowded());
    if (parts == 1) {
      product.run(0);
    } else {
      team.run(parts, product);
    }
  }
}
