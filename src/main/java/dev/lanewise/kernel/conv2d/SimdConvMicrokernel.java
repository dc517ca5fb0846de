package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of all convolutions: a tile of 12, 9 or 6 rows by one or two vectors of columns,
 * one fma chain per element, held in registers.
 *
 * <p>{@code pa} holds kc times the tile's rows side by side, {@code pb} kc times its columns. One
 * method a size: only with literal strides does the compiler take every range check out of the
 * loop, and only with named accumulators does it keep them in registers.
 */
final class SimdConvMicrokernel {
  /** The chains start at +0 and are stored. */
  static final int START = 0;

  /** The chains go on from what is stored. */
  static final int CONTINUE = 1;

  /** The chains start at +0; their values are added to what is stored. */
  static final int ADD = 2;

  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdConvMicrokernel() {}

  /** Runs the method for {@code rows} (12, 9 or 6) and {@code vectors} (1 or 2). */
  static void run(
      int rows,
      int vectors,
      int kc,
      float[] pa,
      int aOffset,
      float[] pb,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc,
      int mode) {
    switch (rows * 2 + vectors) {
      case 26 -> tile12x2(kc, pa, aOffset, pb, bOffset, c, cOffset, ldc, mode);
      case 25 -> tile12x1(kc, pa, aOffset, pb, bOffset, c, cOffset, ldc, mode);
      case 20 -> tile9x2(kc, pa, aOffset, pb, bOffset, c, cOffset, ldc, mode);
      case 19 -> tile9x1(kc, pa, aOffset, pb, bOffset, c, cOffset, ldc, mode);
      case 14 -> tile6x2(kc, pa, aOffset, pb, bOffset, c, cOffset, ldc, mode);
      case 13 -> tile6x1(kc, pa, aOffset, pb, bOffset, c, cOffset, ldc, mode);
      default -> throw new IllegalArgumentException("rows is " + rows + ", vectors " + vectors);
    }
  }

  /** What a chain starts from. */
  private static FloatVector begin(int mode, float[] c, int at) {
    return mode == CONTINUE ? FloatVector.fromArray(S, c, at) : FloatVector.zero(S);
  }

  /** Stores a chain. */
  private static void end(int mode, FloatVector chain, float[] c, int at) {
    (mode == ADD ? FloatVector.fromArray(S, c, at).add(chain) : chain).intoArray(c, at);
  }

  private static void tile12x2(
      int kc,
      float[] pa,
      int aOffset,
      float[] pb,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc,
      int mode) {
    FloatVector c0_0 = begin(mode, c, cOffset);
    FloatVector c0_1 = begin(mode, c, cOffset + L);
    FloatVector c1_0 = begin(mode, c, cOffset + ldc);
    FloatVector c1_1 = begin(mode, c, cOffset + ldc + L);
    FloatVector c2_0 = begin(mode, c, cOffset + 2 * ldc);
    FloatVector c2_1 = begin(mode, c, cOffset + 2 * ldc + L);
    FloatVector c3_0 = begin(mode, c, cOffset + 3 * ldc);
    FloatVector c3_1 = begin(mode, c, cOffset + 3 * ldc + L);
    FloatVector c4_0 = begin(mode, c, cOffset + 4 * ldc);
    FloatVector c4_1 = begin(mode, c, cOffset + 4 * ldc + L);
    FloatVector c5_0 = begin(mode, c, cOffset + 5 * ldc);
    FloatVector c5_1 = begin(mode, c, cOffset + 5 * ldc + L);
    FloatVector c6_0 = begin(mode, c, cOffset + 6 * ldc);
    FloatVector c6_1 = begin(mode, c, cOffset + 6 * ldc + L);
    FloatVector c7_0 = begin(mode, c, cOffset + 7 * ldc);
    FloatVector c7_1 = begin(mode, c, cOffset + 7 * ldc + L);
    FloatVector c8_0 = begin(mode, c, cOffset + 8 * ldc);
    FloatVector c8_1 = begin(mode, c, cOffset + 8 * ldc + L);
    FloatVector c9_0 = begin(mode, c, cOffset + 9 * ldc);
    FloatVector c9_1 = begin(mode, c, cOffset + 9 * ldc + L);
    FloatVector c10_0 = begin(mode, c, cOffset + 10 * ldc);
    FloatVector c10_1 = begin(mode, c, cOffset + 10 * ldc + L);
    FloatVector c11_0 = begin(mode, c, cOffset + 11 * ldc);
    FloatVector c11_1 = begin(mode, c, cOffset + 11 * ldc + L);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + p * 12;
      int b = bOffset + p * (2 * L);
      FloatVector b0 = FloatVector.fromArray(S, pb, b);
      FloatVector b1 = FloatVector.fromArray(S, pb, b + L);
      FloatVector x = FloatVector.broadcast(S, pa[a]);
      c0_0 = x.fma(b0, c0_0);
      c0_1 = x.fma(b1, c0_1);
      x = FloatVector.broadcast(S, pa[a + 1]);
      c1_0 = x.fma(b0, c1_0);
      c1_1 = x.fma(b1, c1_1);
      x = FloatVector.broadcast(S, pa[a + 2]);
      c2_0 = x.fma(b0, c2_0);
      c2_1 = x.fma(b1, c2_1);
      x = FloatVector.broadcast(S, pa[a + 3]);
      c3_0 = x.fma(b0, c3_0);
      c3_1 = x.fma(b1, c3_1);
      x = FloatVector.broadcast(S, pa[a + 4]);
      c4_0 = x.fma(b0, c4_0);
      c4_1 = x.fma(b1, c4_1);
      x = FloatVector.broadcast(S, pa[a + 5]);
      c5_0 = x.fma(b0, c5_0);
      c5_1 = x.fma(b1, c5_1);
      x = FloatVector.broadcast(S, pa[a + 6]);
      c6_0 = x.fma(b0, c6_0);
      c6_1 = x.fma(b1, c6_1);
      x = FloatVector.broadcast(S, pa[a + 7]);
      c7_0 = x.fma(b0, c7_0);
      c7_1 = x.fma(b1, c7_1);
      x = FloatVector.broadcast(S, pa[a + 8]);
      c8_0 = x.fma(b0, c8_0);
      c8_1 = x.fma(b1, c8_1);
      x = FloatVector.broadcast(S, pa[a + 9]);
      c9_0 = x.fma(b0, c9_0);
      c9_1 = x.fma(b1, c9_1);
      x = FloatVector.broadcast(S, pa[a + 10]);
      c10_0 = x.fma(b0, c10_0);
      c10_1 = x.fma(b1, c10_1);
      x = FloatVector.broadcast(S, pa[a + 11]);
      c11_0 = x.fma(b0, c11_0);
      c11_1 = x.fma(b1, c11_1);
    }
    end(mode, c0_0, c, cOffset);
    end(mode, c0_1, c, cOffset + L);
    end(mode, c1_0, c, cOffset + ldc);
    end(mode, c1_1, c, cOffset + ldc + L);
    end(mode, c2_0, c, cOffset + 2 * ldc);
    end(mode, c2_1, c, cOffset + 2 * ldc + L);
    end(mode, c3_0, c, cOffset + 3 * ldc);
    end(mode, c3_1, c, cOffset + 3 * ldc + L);
    end(mode, c4_0, c, cOffset + 4 * ldc);
    end(mode, c4_1, c, cOffset + 4 * ldc + L);
    end(mode, c5_0, c, cOffset + 5 * ldc);
    end(mode, c5_1, c, cOffset + 5 * ldc + L);
    end(mode, c6_0, c, cOffset + 6 * ldc);
    end(mode, c6_1, c, cOffset + 6 * ldc + L);
    end(mode, c7_0, c, cOffset + 7 * ldc);
    end(mode, c7_1, c, cOffset + 7 * ldc + L);
    end(mode, c8_0, c, cOffset + 8 * ldc);
    end(mode, c8_1, c, cOffset + 8 * ldc + L);
    end(mode, c9_0, c, cOffset + 9 * ldc);
    end(mode, c9_1, c, cOffset + 9 * ldc + L);
    end(mode, c10_0, c, cOffset + 10 * ldc);
    end(mode, c10_1, c, cOffset + 10 * ldc + L);
    end(mode, c11_0, c, cOffset + 11 * ldc);
    end(mode, c11_1, c, cOffset + 11 * ldc + L);
  }

  private static void tile12x1(
      int kc,
      float[] pa,
      int aOffset,
      float[] pb,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc,
      int mode) {
    FloatVector c0_0 = begin(mode, c, cOffset);
    FloatVector c1_0 = begin(mode, c, cOffset + ldc);
    FloatVector c2_0 = begin(mode, c, cOffset + 2 * ldc);
    FloatVector c3_0 = begin(mode, c, cOffset + 3 * ldc);
    FloatVector c4_0 = begin(mode, c, cOffset + 4 * ldc);
    FloatVector c5_0 = begin(mode, c, cOffset + 5 * ldc);
    FloatVector c6_0 = begin(mode, c, cOffset + 6 * ldc);
    FloatVector c7_0 = begin(mode, c, cOffset + 7 * ldc);
    FloatVector c8_0 = begin(mode, c, cOffset + 8 * ldc);
    FloatVector c9_0 = begin(mode, c, cOffset + 9 * ldc);
    FloatVector c10_0 = begin(mode, c, cOffset + 10 * ldc);
    FloatVector c11_0 = begin(mode, c, cOffset + 11 * ldc);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + p * 12;
      int b = bOffset + p * L;
      FloatVector b0 = FloatVector.fromArray(S, pb, b);
      FloatVector x = FloatVector.broadcast(S, pa[a]);
      c0_0 = x.fma(b0, c0_0);
      x = FloatVector.broadcast(S, pa[a + 1]);
      c1_0 = x.fma(b0, c1_0);
      x = FloatVector.broadcast(S, pa[a + 2]);
      c2_0 = x.fma(b0, c2_0);
      x = FloatVector.broadcast(S, pa[a + 3]);
      c3_0 = x.fma(b0, c3_0);
      x = FloatVector.broadcast(S, pa[a + 4]);
      c4_0 = x.fma(b0, c4_0);
      x = FloatVector.broadcast(S, pa[a + 5]);
      c5_0 = x.fma(b0, c5_0);
      x = FloatVector.broadcast(S, pa[a + 6]);
      c6_0 = x.fma(b0, c6_0);
      x = FloatVector.broadcast(S, pa[a + 7]);
      c7_0 = x.fma(b0, c7_0);
      x = FloatVector.broadcast(S, pa[a + 8]);
      c8_0 = x.fma(b0, c8_0);
      x = FloatVector.broadcast(S, pa[a + 9]);
      c9_0 = x.fma(b0, c9_0);
      x = FloatVector.broadcast(S, pa[a + 10]);
      c10_0 = x.fma(b0, c10_0);
      x = FloatVector.broadcast(S, pa[a + 11]);
      c11_0 = x.fma(b0, c11_0);
    }
    end(mode, c0_0, c, cOffset);
    end(mode, c1_0, c, cOffset + ldc);
    end(mode, c2_0, c, cOffset + 2 * ldc);
    end(mode, c3_0, c, cOffset + 3 * ldc);
    end(mode, c4_0, c, cOffset + 4 * ldc);
    end(mode, c5_0, c, cOffset + 5 * ldc);
    end(mode, c6_0, c, cOffset + 6 * ldc);
    end(mode, c7_0, c, cOffset + 7 * ldc);
    end(mode, c8_0, c, cOffset + 8 * ldc);
    end(mode, c9_0, c, cOffset + 9 * ldc);
    end(mode, c10_0, c, cOffset + 10 * ldc);
    end(mode, c11_0, c, cOffset + 11 * ldc);
  }

  private static void tile9x2(
      int kc,
      float[] pa,
      int aOffset,
      float[] pb,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc,
      int mode) {
    FloatVector c0_0 = begin(mode, c, cOffset);
    FloatVector c0_1 = begin(mode, c, cOffset + L);
    FloatVector c1_0 = begin(mode, c, cOffset + ldc);
    FloatVector c1_1 = begin(mode, c, cOffset + ldc + L);
    FloatVector c2_0 = begin(mode, c, cOffset + 2 * ldc);
    FloatVector c2_1 = begin(mode, c, cOffset + 2 * ldc + L);
    FloatVector c3_0 = begin(mode, c, cOffset + 3 * ldc);
    FloatVector c3_1 = begin(mode, c, cOffset + 3 * ldc + L);
    FloatVector c4_0 = begin(mode, c, cOffset + 4 * ldc);
    FloatVector c4_1 = begin(mode, c, cOffset + 4 * ldc + L);
    FloatVector c5_0 = begin(mode, c, cOffset + 5 * ldc);
    FloatVector c5_1 = begin(mode, c, cOffset + 5 * ldc + L);
    FloatVector c6_0 = begin(mode, c, cOffset + 6 * ldc);
    FloatVector c6_1 = begin(mode, c, cOffset + 6 * ldc + L);
    FloatVector c7_0 = begin(mode, c, cOffset + 7 * ldc);
    FloatVector c7_1 = begin(mode, c, cOffset + 7 * ldc + L);
    FloatVector c8_0 = begin(mode, c, cOffset + 8 * ldc);
    FloatVector c8_1 = begin(mode, c, cOffset + 8 * ldc + L);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + p * 9;
      int b = bOffset + p * (2 * L);
      FloatVector b0 = FloatVector.fromArray(S, pb, b);
      FloatVector b1 = FloatVector.fromArray(S, pb, b + L);
      FloatVector x = FloatVector.broadcast(S, pa[a]);
      c0_0 = x.fma(b0, c0_0);
      c0_1 = x.fma(b1, c0_1);
      x = FloatVector.broadcast(S, pa[a + 1]);
      c1_0 = x.fma(b0, c1_0);
      c1_1 = x.fma(b1, c1_1);
      x = FloatVector.broadcast(S, pa[a + 2]);
      c2_0 = x.fma(b0, c2_0);
      c2_1 = x.fma(b1, c2_1);
      x = FloatVector.broadcast(S, pa[a + 3]);
      c3_0 = x.fma(b0, c3_0);
      c3_1 = x.fma(b1, c3_1);
      x = FloatVector.broadcast(S, pa[a + 4]);
      c4_0 = x.fma(b0, c4_0);
      c4_1 = x.fma(b1, c4_1);
      x = FloatVector.broadcast(S, pa[a + 5]);
      c5_0 = x.fma(b0, c5_0);
      c5_1 = x.fma(b1, c5_1);
      x = FloatVector.broadcast(S, pa[a + 6]);
      c6_0 = x.fma(b0, c6_0);
      c6_1 = x.fma(b1, c6_1);
      x = FloatVector.broadcast(S, pa[a + 7]);
      c7_0 = x.fma(b0, c7_0);
      c7_1 = x.fma(b1, c7_1);
      x = FloatVector.broadcast(S, pa[a + 8]);
      c8_0 = x.fma(b0, c8_0);
      c8_1 = x.fma(b1, c8_1);
    }
    end(mode, c0_0, c, cOffset);
    end(mode, c0_1, c, cOffset + L);
    end(mode, c1_0, c, cOffset + ldc);
    end(mode, c1_1, c, cOffset + ldc + L);
    end(mode, c2_0, c, cOffset + 2 * ldc);
    end(mode, c2_1, c, cOffset + 2 * ldc + L);
    end(mode, c3_0, c, cOffset + 3 * ldc);
    end(mode, c3_1, c, cOffset + 3 * ldc + L);
    end(mode, c4_0, c, cOffset + 4 * ldc);
    end(mode, c4_1, c, cOffset + 4 * ldc + L);
    end(mode, c5_0, c, cOffset + 5 * ldc);
    end(mode, c5_1, c, cOffset + 5 * ldc + L);
    end(mode, c6_0, c, cOffset + 6 * ldc);
    end(mode, c6_1, c, cOffset + 6 * ldc + L);
    end(mode, c7_0, c, cOffset + 7 * ldc);
    end(mode, c7_1, c, cOffset + 7 * ldc + L);
    end(mode, c8_0, c, cOffset + 8 * ldc);
    end(mode, c8_1, c, cOffset + 8 * ldc + L);
  }

  private static void tile9x1(
      int kc,
      float[] pa,
      int aOffset,
      float[] pb,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc,
      int mode) {
    FloatVector c0_0 = begin(mode, c, cOffset);
    FloatVector c1_0 = begin(mode, c, cOffset + ldc);
    FloatVector c2_0 = begin(mode, c, cOffset + 2 * ldc);
    FloatVector c3_0 = begin(mode, c, cOffset + 3 * ldc);
    FloatVector c4_0 = begin(mode, c, cOffset + 4 * ldc);
    FloatVector c5_0 = begin(mode, c, cOffset + 5 * ldc);
    FloatVector c6_0 = begin(mode, c, cOffset + 6 * ldc);
    FloatVector c7_0 = begin(mode, c, cOffset + 7 * ldc);
    FloatVector c8_0 = begin(mode, c, cOffset + 8 * ldc);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + p * 9;
      int b = bOffset + p * L;
      FloatVector b0 = FloatVector.fromArray(S, pb, b);
      FloatVector x = FloatVector.broadcast(S, pa[a]);
      c0_0 = x.fma(b0, c0_0);
      x = FloatVector.broadcast(S, pa[a + 1]);
      c1_0 = x.fma(b0, c1_0);
      x = FloatVector.broadcast(S, pa[a + 2]);
      c2_0 = x.fma(b0, c2_0);
      x = FloatVector.broadcast(S, pa[a + 3]);
      c3_0 = x.fma(b0, c3_0);
      x = FloatVector.broadcast(S, pa[a + 4]);
      c4_0 = x.fma(b0, c4_0);
      x = FloatVector.broadcast(S, pa[a + 5]);
      c5_0 = x.fma(b0, c5_0);
      x = FloatVector.broadcast(S, pa[a + 6]);
      c6_0 = x.fma(b0, c6_0);
      x = FloatVector.broadcast(S, pa[a + 7]);
      c7_0 = x.fma(b0, c7_0);
      x = FloatVector.broadcast(S, pa[a + 8]);
      c8_0 = x.fma(b0, c8_0);
    }
    end(mode, c0_0, c, cOffset);
    end(mode, c1_0, c, cOffset + ldc);
    end(mode, c2_0, c, cOffset + 2 * ldc);
    end(mode, c3_0, c, cOffset + 3 * ldc);
    end(mode, c4_0, c, cOffset + 4 * ldc);
    end(mode, c5_0, c, cOffset + 5 * ldc);
    end(mode, c6_0, c, cOffset + 6 * ldc);
    end(mode, c7_0, c, cOffset + 7 * ldc);
    end(mode, c8_0, c, cOffset + 8 * ldc);
  }

  private static void tile6x2(
      int kc,
      float[] pa,
      int aOffset,
      float[] pb,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc,
      int mode) {
    FloatVector c0_0 = begin(mode, c, cOffset);
    FloatVector c0_1 = begin(mode, c, cOffset + L);
    FloatVector c1_0 = begin(mode, c, cOffset + ldc);
    FloatVector c1_1 = begin(mode, c, cOffset + ldc + L);
    FloatVector c2_0 = begin(mode, c, cOffset + 2 * ldc);
    FloatVector c2_1 = begin(mode, c, cOffset + 2 * ldc + L);
    FloatVector c3_0 = begin(mode, c, cOffset + 3 * ldc);
    FloatVector c3_1 = begin(mode, c, cOffset + 3 * ldc + L);
    FloatVector c4_0 = begin(mode, c, cOffset + 4 * ldc);
    FloatVector c4_1 = begin(mode, c, cOffset + 4 * ldc + L);
    FloatVector c5_0 = begin(mode, c, cOffset + 5 * ldc);
    FloatVector c5_1 = begin(mode, c, cOffset + 5 * ldc + L);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + p * 6;
      int b = bOffset + p * (2 * L);
      FloatVector b0 = FloatVector.fromArray(S, pb, b);
      FloatVector b1 = FloatVector.fromArray(S, pb, b + L);
      FloatVector x = FloatVector.broadcast(S, pa[a]);
      c0_0 = x.fma(b0, c0_0);
      c0_1 = x.fma(b1, c0_1);
      x = FloatVector.broadcast(S, pa[a + 1]);
      c1_0 = x.fma(b0, c1_0);
      c1_1 = x.fma(b1, c1_1);
      x = FloatVector.broadcast(S, pa[a + 2]);
      c2_0 = x.fma(b0, c2_0);
      c2_1 = x.fma(b1, c2_1);
      x = FloatVector.broadcast(S, pa[a + 3]);
      c3_0 = x.fma(b0, c3_0);
      c3_1 = x.fma(b1, c3_1);
      x = FloatVector.broadcast(S, pa[a + 4]);
      c4_0 = x.fma(b0, c4_0);
      c4_1 = x.fma(b1, c4_1);
      x = FloatVector.broadcast(S, pa[a + 5]);
      c5_0 = x.fma(b0, c5_0);
      c5_1 = x.fma(b1, c5_1);
    }
    end(mode, c0_0, c, cOffset);
    end(mode, c0_1, c, cOffset + L);
    end(mode, c1_0, c, cOffset + ldc);
    end(mode, c1_1, c, cOffset + ldc + L);
    end(mode, c2_0, c, cOffset + 2 * ldc);
    end(mode, c2_1, c, cOffset + 2 * ldc + L);
    end(mode, c3_0, c, cOffset + 3 * ldc);
    end(mode, c3_1, c, cOffset + 3 * ldc + L);
    end(mode, c4_0, c, cOffset + 4 * ldc);
    end(mode, c4_1, c, cOffset + 4 * ldc + L);
    end(mode, c5_0, c, cOffset + 5 * ldc);
    end(mode, c5_1, c, cOffset + 5 * ldc + L);
  }

  private static void tile6x1(
      int kc,
      float[] pa,
      int aOffset,
      float[] pb,
      int bOffset,
      float[] c,
      int cOffset,
      int ldc,
      int mode) {
    FloatVector c0_0 = begin(mode, c, cOffset);
    FloatVector c1_0 = begin(mode, c, cOffset + ldc);
    FloatVector c2_0 = begin(mode, c, cOffset + 2 * ldc);
    FloatVector c3_0 = begin(mode, c, cOffset + 3 * ldc);
    FloatVector c4_0 = begin(mode, c, cOffset + 4 * ldc);
    FloatVector c5_0 = begin(mode, c, cOffset + 5 * ldc);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + p * 6;
      int b = bOffset + p * L;
      FloatVector b0 = FloatVector.fromArray(S, pb, b);
      FloatVector x = FloatVector.broadcast(S, pa[a]);
      c0_0 = x.fma(b0, c0_0);
      x = FloatVector.broadcast(S, pa[a + 1]);
      c1_0 = x.fma(b0, c1_0);
      x = FloatVector.broadcast(S, pa[a + 2]);
      c2_0 = x.fma(b0, c2_0);
      x = FloatVector.broadcast(S, pa[a + 3]);
      c3_0 = x.fma(b0, c3_0);
      x = FloatVector.broadcast(S, pa[a + 4]);
      c4_0 = x.fma(b0, c4_0);
      x = FloatVector.broadcast(S, pa[a + 5]);
      c5_0 = x.fma(b0, c5_0);
    }
    end(mode, c0_0, c, cOffset);
    end(mode, c1_0, c, cOffset + ldc);
    end(mode, c2_0, c, cOffset + 2 * ldc);
    end(mode, c3_0, c, cOffset + 3 * ldc);
    end(mode, c4_0, c, cOffset + 4 * ldc);
    end(mode, c5_0, c, cOffset + 5 * ldc);
  }
}
