package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tiles: some rows × 2 vectors of C, all of them one chain of fused multiply-adds.
 *
 * <p>With 16 vector registers the tallest tile has 6 rows: 12 accumulators, two vectors of B and
 * one broadcast element of A are 15. With 32 registers it is that of {@link SimdMicrokernel12}. The
 * lower ones serve the rows that are left over. A is packed by {@link SimdPackA}: its literal
 * strides let C2 hoist the range checks out of the loops.
 */
final class SimdMicrokernel {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  /** Columns of every register tile, and of a packed panel of B. */
  static final int COLUMNS = 2 * L;

  /**
   * Rows of this machine's tallest tile. Java cannot ask for the number of vector registers; only
   * machines with 512-bit vectors are known to have 32, at every width.
   */
  static final int ROWS = VectorWidth.MACHINE_BITS >= 512 ? 12 : 6;

  private static final float[] ZEROS = new float[COLUMNS];

  private SimdMicrokernel() {}

  /** Rows of the next tile when {@code rows} ≥ 1 are left and tiles may have {@code most} rows. */
  static int height(int rows, int most) {
    return rows >= most ? most : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
  }

  /**
   * Continues (or starts, from +0) the chains of one tile by {@code k} terms.
   *
   * @param rows height of the tile, from {@link #height}
   * @param first whether the chains start here; otherwise they continue from what C holds
   * @param k number of terms
   * @param a the packed rows of A
   * @param b rows of {@link #COLUMNS} elements, {@code ldb} apart; a tile of 6 rows wants a packed
   *     panel, in which they follow one another
   * @param c takes {@code rows} × {@link #COLUMNS} elements
   */
  static void multiply(
      int rows,
      boolean first,
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int ldb,
      float[] c,
      int cOffset,
      int ldc) {
    float[] init = first ? ZEROS : c;
    int from = first ? 0 : cOffset;
    int ld = first ? 0 : ldc;
    switch (rows) {
      case 12 ->
          SimdMicrokernel12.rows12(k, a, aOffset, b, bOffset, ldb, init, from, ld, c, cOffset, ldc);
      case 6 -> rows6(k, a, aOffset, b, bOffset, init, from, ld, c, cOffset, ldc);
      case 4 -> rows4(k, a, aOffset, b, bOffset, ldb, init, from, ld, c, cOffset, ldc);
      case 2 -> rows2(k, a, aOffset, b, bOffset, ldb, init, from, ld, c, cOffset, ldc);
      default -> rows1(k, a, aOffset, b, bOffset, ldb, init, from, ld, c, cOffset, ldc);
    }
  }

  /** 6 rows: 12 accumulators. */
  static void rows6(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] init,
      int initOffset,
      int initLd,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0l = FloatVector.fromArray(S, init, initOffset);
    FloatVector c0r = FloatVector.fromArray(S, init, initOffset + L);
    FloatVector c1l = FloatVector.fromArray(S, init, initOffset + initLd);
    FloatVector c1r = FloatVector.fromArray(S, init, initOffset + initLd + L);
    FloatVector c2l = FloatVector.fromArray(S, init, initOffset + 2 * initLd);
    FloatVector c2r = FloatVector.fromArray(S, init, initOffset + 2 * initLd + L);
    FloatVector c3l = FloatVector.fromArray(S, init, initOffset + 3 * initLd);
    FloatVector c3r = FloatVector.fromArray(S, init, initOffset + 3 * initLd + L);
    FloatVector c4l = FloatVector.fromArray(S, init, initOffset + 4 * initLd);
    FloatVector c4r = FloatVector.fromArray(S, init, initOffset + 4 * initLd + L);
    FloatVector c5l = FloatVector.fromArray(S, init, initOffset + 5 * initLd);
    FloatVector c5r = FloatVector.fromArray(S, init, initOffset + 5 * initLd + L);
    int fifth = aOffset + 4 * k;
    for (int p = 0; p < k; p++) {
      int j = bOffset + p * COLUMNS;
      FloatVector left = FloatVector.fromArray(S, b, j);
      FloatVector right = FloatVector.fromArray(S, b, j + L);
      FloatVector x = FloatVector.broadcast(S, a[aOffset + 4 * p]);
      c0l = x.fma(left, c0l);
      c0r = x.fma(right, c0r);
      x = FloatVector.broadcast(S, a[aOffset + 4 * p + 1]);
      c1l = x.fma(left, c1l);
      c1r = x.fma(right, c1r);
      x = FloatVector.broadcast(S, a[aOffset + 4 * p + 2]);
      c2l = x.fma(left, c2l);
      c2r = x.fma(right, c2r);
      x = FloatVector.broadcast(S, a[aOffset + 4 * p + 3]);
      c3l = x.fma(left, c3l);
      c3r = x.fma(right, c3r);
      x = FloatVector.broadcast(S, a[fifth + 2 * p]);
      c4l = x.fma(left, c4l);
      c4r = x.fma(right, c4r);
      x = FloatVector.broadcast(S, a[fifth + 2 * p + 1]);
      c5l = x.fma(left, c5l);
      c5r = x.fma(right, c5r);
    }
    c0l.intoArray(c, cOffset);
    c0r.intoArray(c, cOffset + L);
    c1l.intoArray(c, cOffset + ldc);
    c1r.intoArray(c, cOffset + ldc + L);
    c2l.intoArray(c, cOffset + 2 * ldc);
    c2r.intoArray(c, cOffset + 2 * ldc + L);
    c3l.intoArray(c, cOffset + 3 * ldc);
    c3r.intoArray(c, cOffset + 3 * ldc + L);
    c4l.intoArray(c, cOffset + 4 * ldc);
    c4r.intoArray(c, cOffset + 4 * ldc + L);
    c5l.intoArray(c, cOffset + 5 * ldc);
    c5r.intoArray(c, cOffset + 5 * ldc + L);
  }

  /** 4 rows: 8 accumulators. */
  static void rows4(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int ldb,
      float[] init,
      int initOffset,
      int initLd,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0l = FloatVector.fromArray(S, init, initOffset);
    FloatVector c0r = FloatVector.fromArray(S, init, initOffset + L);
    FloatVector c1l = FloatVector.fromArray(S, init, initOffset + initLd);
    FloatVector c1r = FloatVector.fromArray(S, init, initOffset + initLd + L);
    FloatVector c2l = FloatVector.fromArray(S, init, initOffset + 2 * initLd);
    FloatVector c2r = FloatVector.fromArray(S, init, initOffset + 2 * initLd + L);
    FloatVector c3l = FloatVector.fromArray(S, init, initOffset + 3 * initLd);
    FloatVector c3r = FloatVector.fromArray(S, init, initOffset + 3 * initLd + L);
    for (int p = 0; p < k; p++) {
      int j = bOffset + p * ldb;
      FloatVector left = FloatVector.fromArray(S, b, j);
      FloatVector right = FloatVector.fromArray(S, b, j + L);
      FloatVector x = FloatVector.broadcast(S, a[aOffset + 4 * p]);
      c0l = x.fma(left, c0l);
      c0r = x.fma(right, c0r);
      x = FloatVector.broadcast(S, a[aOffset + 4 * p + 1]);
      c1l = x.fma(left, c1l);
      c1r = x.fma(right, c1r);
      x = FloatVector.broadcast(S, a[aOffset + 4 * p + 2]);
      c2l = x.fma(left, c2l);
      c2r = x.fma(right, c2r);
      x = FloatVector.broadcast(S, a[aOffset + 4 * p + 3]);
      c3l = x.fma(left, c3l);
      c3r = x.fma(right, c3r);
    }
    c0l.intoArray(c, cOffset);
    c0r.intoArray(c, cOffset + L);
    c1l.intoArray(c, cOffset + ldc);
    c1r.intoArray(c, cOffset + ldc + L);
    c2l.intoArray(c, cOffset + 2 * ldc);
    c2r.intoArray(c, cOffset + 2 * ldc + L);
    c3l.intoArray(c, cOffset + 3 * ldc);
    c3r.intoArray(c, cOffset + 3 * ldc + L);
  }

  /** 2 rows: 4 accumulators. */
  static void rows2(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int ldb,
      float[] init,
      int initOffset,
      int initLd,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0l = FloatVector.fromArray(S, init, initOffset);
    FloatVector c0r = FloatVector.fromArray(S, init, initOffset + L);
    FloatVector c1l = FloatVector.fromArray(S, init, initOffset + initLd);
    FloatVector c1r = FloatVector.fromArray(S, init, initOffset + initLd + L);
    for (int p = 0; p < k; p++) {
      int j = bOffset + p * ldb;
      FloatVector left = FloatVector.fromArray(S, b, j);
      FloatVector right = FloatVector.fromArray(S, b, j + L);
      FloatVector x = FloatVector.broadcast(S, a[aOffset + 2 * p]);
      c0l = x.fma(left, c0l);
      c0r = x.fma(right, c0r);
      x = FloatVector.broadcast(S, a[aOffset + 2 * p + 1]);
      c1l = x.fma(left, c1l);
      c1r = x.fma(right, c1r);
    }
    c0l.intoArray(c, cOffset);
    c0r.intoArray(c, cOffset + L);
    c1l.intoArray(c, cOffset + ldc);
    c1r.intoArray(c, cOffset + ldc + L);
  }

  /** 1 rows: 2 accumulators. */
  static void rows1(
      int k,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int ldb,
      float[] init,
      int initOffset,
      int initLd,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0l = FloatVector.fromArray(S, init, initOffset);
    FloatVector c0r = FloatVector.fromArray(S, init, initOffset + L);
    for (int p = 0; p < k; p++) {
      int j = bOffset + p * ldb;
      FloatVector left = FloatVector.fromArray(S, b, j);
      FloatVector right = FloatVector.fromArray(S, b, j + L);
      FloatVector x = FloatVector.broadcast(S, a[aOffset + p]);
      c0l = x.fma(left, c0l);
      c0r = x.fma(right, c0r);
    }
    c0l.intoArray(c, cOffset);
    c0r.intoArray(c, cOffset + L);
  }
}
