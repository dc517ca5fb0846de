package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The register tile for machines with 32 vector registers: 12 rows × 2 vectors.
 *
 * <p>24 accumulators, two vectors of B and one or two broadcast elements of A: 28 of 32 registers.
 * A step of the chain is 24 fused multiply-adds for 14 loads. The parameters are those of {@link
 * SimdMicrokernel#multiply}.
 */
final class SimdMicrokernel12 {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdMicrokernel12() {}

  /** 12 rows: 24 accumulators. */
  static void rows12(
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
    FloatVector c4l = FloatVector.fromArray(S, init, initOffset + 4 * initLd);
    FloatVector c4r = FloatVector.fromArray(S, init, initOffset + 4 * initLd + L);
    FloatVector c5l = FloatVector.fromArray(S, init, initOffset + 5 * initLd);
    FloatVector c5r = FloatVector.fromArray(S, init, initOffset + 5 * initLd + L);
    FloatVector c6l = FloatVector.fromArray(S, init, initOffset + 6 * initLd);
    FloatVector c6r = FloatVector.fromArray(S, init, initOffset + 6 * initLd + L);
    FloatVector c7l = FloatVector.fromArray(S, init, initOffset + 7 * initLd);
    FloatVector c7r = FloatVector.fromArray(S, init, initOffset + 7 * initLd + L);
    FloatVector c8l = FloatVector.fromArray(S, init, initOffset + 8 * initLd);
    FloatVector c8r = FloatVector.fromArray(S, init, initOffset + 8 * initLd + L);
    FloatVector c9l = FloatVector.fromArray(S, init, initOffset + 9 * initLd);
    FloatVector c9r = FloatVector.fromArray(S, init, initOffset + 9 * initLd + L);
    FloatVector c10l = FloatVector.fromArray(S, init, initOffset + 10 * initLd);
    FloatVector c10r = FloatVector.fromArray(S, init, initOffset + 10 * initLd + L);
    FloatVector c11l = FloatVector.fromArray(S, init, initOffset + 11 * initLd);
    FloatVector c11r = FloatVector.fromArray(S, init, initOffset + 11 * initLd + L);
    int fifth = aOffset + 4 * k;
    int ninth = aOffset + 8 * k;
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
      x = FloatVector.broadcast(S, a[fifth + 4 * p]);
      c4l = x.fma(left, c4l);
      c4r = x.fma(right, c4r);
      x = FloatVector.broadcast(S, a[fifth + 4 * p + 1]);
      c5l = x.fma(left, c5l);
      c5r = x.fma(right, c5r);
      x = FloatVector.broadcast(S, a[fifth + 4 * p + 2]);
      c6l = x.fma(left, c6l);
      c6r = x.fma(right, c6r);
      x = FloatVector.broadcast(S, a[fifth + 4 * p + 3]);
      c7l = x.fma(left, c7l);
      c7r = x.fma(right, c7r);
      x = FloatVector.broadcast(S, a[ninth + 4 * p]);
      c8l = x.fma(left, c8l);
      c8r = x.fma(right, c8r);
      x = FloatVector.broadcast(S, a[ninth + 4 * p + 1]);
      c9l = x.fma(left, c9l);
      c9r = x.fma(right, c9r);
      x = FloatVector.broadcast(S, a[ninth + 4 * p + 2]);
      c10l = x.fma(left, c10l);
      c10r = x.fma(right, c10r);
      x = FloatVector.broadcast(S, a[ninth + 4 * p + 3]);
      c11l = x.fma(left, c11l);
      c11r = x.fma(right, c11r);
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
    c6l.intoArray(c, cOffset + 6 * ldc);
    c6r.intoArray(c, cOffset + 6 * ldc + L);
    c7l.intoArray(c, cOffset + 7 * ldc);
    c7r.intoArray(c, cOffset + 7 * ldc + L);
    c8l.intoArray(c, cOffset + 8 * ldc);
    c8r.intoArray(c, cOffset + 8 * ldc + L);
    c9l.intoArray(c, cOffset + 9 * ldc);
    c9r.intoArray(c, cOffset + 9 * ldc + L);
    c10l.intoArray(c, cOffset + 10 * ldc);
    c10r.intoArray(c, cOffset + 10 * ldc + L);
    c11l.intoArray(c, cOffset + 11 * ldc);
    c11r.intoArray(c, cOffset + 11 * ldc + L);
  }
}
