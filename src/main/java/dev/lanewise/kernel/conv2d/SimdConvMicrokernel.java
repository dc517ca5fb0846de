package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of all convolutions: a tile of 14, 12, 9 or 6 rows by one or two vectors of
 * columns, one fma chain per element, held in registers. 14 × 2 takes 31 registers: 28 chains, two
 * vectors of weights and the pixel that meets them.
 *
 * <p>Term p of the tile's rows lies in {@code pa} from {@code aOffset + steps[first + p]} on, side
 * by side; so pixels that are neighbours in a window are read where they are. {@code pb} holds kc
 * times the tile's columns. The chains start from {@code s}, whose rows lie {@code lds} apart (the
 * very tile, to go on with it; {@link #ZEROS} with 0, to begin), and end in {@code c}. One method a
 * size, with nothing but loads before and stores behind its loop: only with named accumulators does
 * the compiler keep them in registers, and a branch at each accumulator's start made the method too
 * large to be inlined whole. The range checks that a table of offsets leaves in the loop, two or
 * three a term, cost less than packing the pixels.
 */
final class SimdConvMicrokernel {
  /** Where chains from +0 start. */
  static final float[] ZEROS = new float[2 * VectorWidth.LANES];

  /** The most rows of a tile. */
  static final int MOST_ROWS = 14;

  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdConvMicrokernel() {}

  /** Runs the method for {@code rows} by {@code vectors}: 14 by 2; 12, 9 or 6 by 1 or 2. */
  static void run(
      int rows,
      int vectors,
      int kc,
      float[] pa,
      int aOffset,
      int[] steps,
      int first,
      float[] pb,
      int b,
      float[] s,
      int sOffset,
      int lds,
      float[] c,
      int cOffset,
      int ldc) {
    switch (rows * 2 + vectors) {
      case 30 -> tile14x2(kc, pa, aOffset, steps, first, pb, b, s, sOffset, lds, c, cOffset, ldc);
      case 26 -> tile12x2(kc, pa, aOffset, steps, first, pb, b, s, sOffset, lds, c, cOffset, ldc);
      case 25 -> tile12x1(kc, pa, aOffset, steps, first, pb, b, s, sOffset, lds, c, cOffset, ldc);
      case 20 -> tile9x2(kc, pa, aOffset, steps, first, pb, b, s, sOffset, lds, c, cOffset, ldc);
      case 19 -> tile9x1(kc, pa, aOffset, steps, first, pb, b, s, sOffset, lds, c, cOffset, ldc);
      case 14 -> tile6x2(kc, pa, aOffset, steps, first, pb, b, s, sOffset, lds, c, cOffset, ldc);
      case 13 -> tile6x1(kc, pa, aOffset, steps, first, pb, b, s, sOffset, lds, c, cOffset, ldc);
      default -> throw new IllegalArgumentException("rows is " + rows + ", vectors " + vectors);
    }
  }

  private static FloatVector load(float[] a, int at) {
    return FloatVector.fromArray(S, a, at);
  }

  private static void tile14x2(
      int kc,
      float[] pa,
      int aOffset,
      int[] steps,
      int first,
      float[] pb,
      int bOffset,
      float[] s,
      int sOffset,
      int lds,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0_0 = load(s, sOffset);
    FloatVector c0_1 = load(s, sOffset + L);
    FloatVector c1_0 = load(s, sOffset + lds);
    FloatVector c1_1 = load(s, sOffset + lds + L);
    FloatVector c2_0 = load(s, sOffset + 2 * lds);
    FloatVector c2_1 = load(s, sOffset + 2 * lds + L);
    FloatVector c3_0 = load(s, sOffset + 3 * lds);
    FloatVector c3_1 = load(s, sOffset + 3 * lds + L);
    FloatVector c4_0 = load(s, sOffset + 4 * lds);
    FloatVector c4_1 = load(s, sOffset + 4 * lds + L);
    FloatVector c5_0 = load(s, sOffset + 5 * lds);
    FloatVector c5_1 = load(s, sOffset + 5 * lds + L);
    FloatVector c6_0 = load(s, sOffset + 6 * lds);
    FloatVector c6_1 = load(s, sOffset + 6 * lds + L);
    FloatVector c7_0 = load(s, sOffset + 7 * lds);
    FloatVector c7_1 = load(s, sOffset + 7 * lds + L);
    FloatVector c8_0 = load(s, sOffset + 8 * lds);
    FloatVector c8_1 = load(s, sOffset + 8 * lds + L);
    FloatVector c9_0 = load(s, sOffset + 9 * lds);
    FloatVector c9_1 = load(s, sOffset + 9 * lds + L);
    FloatVector c10_0 = load(s, sOffset + 10 * lds);
    FloatVector c10_1 = load(s, sOffset + 10 * lds + L);
    FloatVector c11_0 = load(s, sOffset + 11 * lds);
    FloatVector c11_1 = load(s, sOffset + 11 * lds + L);
    FloatVector c12_0 = load(s, sOffset + 12 * lds);
    FloatVector c12_1 = load(s, sOffset + 12 * lds + L);
    FloatVector c13_0 = load(s, sOffset + 13 * lds);
    FloatVector c13_1 = load(s, sOffset + 13 * lds + L);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + steps[first + p];
      int b = bOffset + p * (2 * L);
      FloatVector b0 = load(pb, b);
      FloatVector b1 = load(pb, b + L);
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
      x = FloatVector.broadcast(S, pa[a + 12]);
      c12_0 = x.fma(b0, c12_0);
      c12_1 = x.fma(b1, c12_1);
      x = FloatVector.broadcast(S, pa[a + 13]);
      c13_0 = x.fma(b0, c13_0);
      c13_1 = x.fma(b1, c13_1);
    }
    c0_0.intoArray(c, cOffset);
    c0_1.intoArray(c, cOffset + L);
    c1_0.intoArray(c, cOffset + ldc);
    c1_1.intoArray(c, cOffset + ldc + L);
    c2_0.intoArray(c, cOffset + 2 * ldc);
    c2_1.intoArray(c, cOffset + 2 * ldc + L);
    c3_0.intoArray(c, cOffset + 3 * ldc);
    c3_1.intoArray(c, cOffset + 3 * ldc + L);
    c4_0.intoArray(c, cOffset + 4 * ldc);
    c4_1.intoArray(c, cOffset + 4 * ldc + L);
    c5_0.intoArray(c, cOffset + 5 * ldc);
    c5_1.intoArray(c, cOffset + 5 * ldc + L);
    c6_0.intoArray(c, cOffset + 6 * ldc);
    c6_1.intoArray(c, cOffset + 6 * ldc + L);
    c7_0.intoArray(c, cOffset + 7 * ldc);
    c7_1.intoArray(c, cOffset + 7 * ldc + L);
    c8_0.intoArray(c, cOffset + 8 * ldc);
    c8_1.intoArray(c, cOffset + 8 * ldc + L);
    c9_0.intoArray(c, cOffset + 9 * ldc);
    c9_1.intoArray(c, cOffset + 9 * ldc + L);
    c10_0.intoArray(c, cOffset + 10 * ldc);
    c10_1.intoArray(c, cOffset + 10 * ldc + L);
    c11_0.intoArray(c, cOffset + 11 * ldc);
    c11_1.intoArray(c, cOffset + 11 * ldc + L);
    c12_0.intoArray(c, cOffset + 12 * ldc);
    c12_1.intoArray(c, cOffset + 12 * ldc + L);
    c13_0.intoArray(c, cOffset + 13 * ldc);
    c13_1.intoArray(c, cOffset + 13 * ldc + L);
  }

  private static void tile12x2(
      int kc,
      float[] pa,
      int aOffset,
      int[] steps,
      int first,
      float[] pb,
      int bOffset,
      float[] s,
      int sOffset,
      int lds,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0_0 = load(s, sOffset);
    FloatVector c0_1 = load(s, sOffset + L);
    FloatVector c1_0 = load(s, sOffset + lds);
    FloatVector c1_1 = load(s, sOffset + lds + L);
    FloatVector c2_0 = load(s, sOffset + 2 * lds);
    FloatVector c2_1 = load(s, sOffset + 2 * lds + L);
    FloatVector c3_0 = load(s, sOffset + 3 * lds);
    FloatVector c3_1 = load(s, sOffset + 3 * lds + L);
    FloatVector c4_0 = load(s, sOffset + 4 * lds);
    FloatVector c4_1 = load(s, sOffset + 4 * lds + L);
    FloatVector c5_0 = load(s, sOffset + 5 * lds);
    FloatVector c5_1 = load(s, sOffset + 5 * lds + L);
    FloatVector c6_0 = load(s, sOffset + 6 * lds);
    FloatVector c6_1 = load(s, sOffset + 6 * lds + L);
    FloatVector c7_0 = load(s, sOffset + 7 * lds);
    FloatVector c7_1 = load(s, sOffset + 7 * lds + L);
    FloatVector c8_0 = load(s, sOffset + 8 * lds);
    FloatVector c8_1 = load(s, sOffset + 8 * lds + L);
    FloatVector c9_0 = load(s, sOffset + 9 * lds);
    FloatVector c9_1 = load(s, sOffset + 9 * lds + L);
    FloatVector c10_0 = load(s, sOffset + 10 * lds);
    FloatVector c10_1 = load(s, sOffset + 10 * lds + L);
    FloatVector c11_0 = load(s, sOffset + 11 * lds);
    FloatVector c11_1 = load(s, sOffset + 11 * lds + L);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + steps[first + p];
      int b = bOffset + p * (2 * L);
      FloatVector b0 = load(pb, b);
      FloatVector b1 = load(pb, b + L);
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
    c0_0.intoArray(c, cOffset);
    c0_1.intoArray(c, cOffset + L);
    c1_0.intoArray(c, cOffset + ldc);
    c1_1.intoArray(c, cOffset + ldc + L);
    c2_0.intoArray(c, cOffset + 2 * ldc);
    c2_1.intoArray(c, cOffset + 2 * ldc + L);
    c3_0.intoArray(c, cOffset + 3 * ldc);
    c3_1.intoArray(c, cOffset + 3 * ldc + L);
    c4_0.intoArray(c, cOffset + 4 * ldc);
    c4_1.intoArray(c, cOffset + 4 * ldc + L);
    c5_0.intoArray(c, cOffset + 5 * ldc);
    c5_1.intoArray(c, cOffset + 5 * ldc + L);
    c6_0.intoArray(c, cOffset + 6 * ldc);
    c6_1.intoArray(c, cOffset + 6 * ldc + L);
    c7_0.intoArray(c, cOffset + 7 * ldc);
    c7_1.intoArray(c, cOffset + 7 * ldc + L);
    c8_0.intoArray(c, cOffset + 8 * ldc);
    c8_1.intoArray(c, cOffset + 8 * ldc + L);
    c9_0.intoArray(c, cOffset + 9 * ldc);
    c9_1.intoArray(c, cOffset + 9 * ldc + L);
    c10_0.intoArray(c, cOffset + 10 * ldc);
    c10_1.intoArray(c, cOffset + 10 * ldc + L);
    c11_0.intoArray(c, cOffset + 11 * ldc);
    c11_1.intoArray(c, cOffset + 11 * ldc + L);
  }

  private static void tile12x1(
      int kc,
      float[] pa,
      int aOffset,
      int[] steps,
      int first,
      float[] pb,
      int bOffset,
      float[] s,
      int sOffset,
      int lds,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0_0 = load(s, sOffset);
    FloatVector c1_0 = load(s, sOffset + lds);
    FloatVector c2_0 = load(s, sOffset + 2 * lds);
    FloatVector c3_0 = load(s, sOffset + 3 * lds);
    FloatVector c4_0 = load(s, sOffset + 4 * lds);
    FloatVector c5_0 = load(s, sOffset + 5 * lds);
    FloatVector c6_0 = load(s, sOffset + 6 * lds);
    FloatVector c7_0 = load(s, sOffset + 7 * lds);
    FloatVector c8_0 = load(s, sOffset + 8 * lds);
    FloatVector c9_0 = load(s, sOffset + 9 * lds);
    FloatVector c10_0 = load(s, sOffset + 10 * lds);
    FloatVector c11_0 = load(s, sOffset + 11 * lds);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + steps[first + p];
      int b = bOffset + p * L;
      FloatVector b0 = load(pb, b);
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
    c0_0.intoArray(c, cOffset);
    c1_0.intoArray(c, cOffset + ldc);
    c2_0.intoArray(c, cOffset + 2 * ldc);
    c3_0.intoArray(c, cOffset + 3 * ldc);
    c4_0.intoArray(c, cOffset + 4 * ldc);
    c5_0.intoArray(c, cOffset + 5 * ldc);
    c6_0.intoArray(c, cOffset + 6 * ldc);
    c7_0.intoArray(c, cOffset + 7 * ldc);
    c8_0.intoArray(c, cOffset + 8 * ldc);
    c9_0.intoArray(c, cOffset + 9 * ldc);
    c10_0.intoArray(c, cOffset + 10 * ldc);
    c11_0.intoArray(c, cOffset + 11 * ldc);
  }

  private static void tile9x2(
      int kc,
      float[] pa,
      int aOffset,
      int[] steps,
      int first,
      float[] pb,
      int bOffset,
      float[] s,
      int sOffset,
      int lds,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0_0 = load(s, sOffset);
    FloatVector c0_1 = load(s, sOffset + L);
    FloatVector c1_0 = load(s, sOffset + lds);
    FloatVector c1_1 = load(s, sOffset + lds + L);
    FloatVector c2_0 = load(s, sOffset + 2 * lds);
    FloatVector c2_1 = load(s, sOffset + 2 * lds + L);
    FloatVector c3_0 = load(s, sOffset + 3 * lds);
    FloatVector c3_1 = load(s, sOffset + 3 * lds + L);
    FloatVector c4_0 = load(s, sOffset + 4 * lds);
    FloatVector c4_1 = load(s, sOffset + 4 * lds + L);
    FloatVector c5_0 = load(s, sOffset + 5 * lds);
    FloatVector c5_1 = load(s, sOffset + 5 * lds + L);
    FloatVector c6_0 = load(s, sOffset + 6 * lds);
    FloatVector c6_1 = load(s, sOffset + 6 * lds + L);
    FloatVector c7_0 = load(s, sOffset + 7 * lds);
    FloatVector c7_1 = load(s, sOffset + 7 * lds + L);
    FloatVector c8_0 = load(s, sOffset + 8 * lds);
    FloatVector c8_1 = load(s, sOffset + 8 * lds + L);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + steps[first + p];
      int b = bOffset + p * (2 * L);
      FloatVector b0 = load(pb, b);
      FloatVector b1 = load(pb, b + L);
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
    c0_0.intoArray(c, cOffset);
    c0_1.intoArray(c, cOffset + L);
    c1_0.intoArray(c, cOffset + ldc);
    c1_1.intoArray(c, cOffset + ldc + L);
    c2_0.intoArray(c, cOffset + 2 * ldc);
    c2_1.intoArray(c, cOffset + 2 * ldc + L);
    c3_0.intoArray(c, cOffset + 3 * ldc);
    c3_1.intoArray(c, cOffset + 3 * ldc + L);
    c4_0.intoArray(c, cOffset + 4 * ldc);
    c4_1.intoArray(c, cOffset + 4 * ldc + L);
    c5_0.intoArray(c, cOffset + 5 * ldc);
    c5_1.intoArray(c, cOffset + 5 * ldc + L);
    c6_0.intoArray(c, cOffset + 6 * ldc);
    c6_1.intoArray(c, cOffset + 6 * ldc + L);
    c7_0.intoArray(c, cOffset + 7 * ldc);
    c7_1.intoArray(c, cOffset + 7 * ldc + L);
    c8_0.intoArray(c, cOffset + 8 * ldc);
    c8_1.intoArray(c, cOffset + 8 * ldc + L);
  }

  private static void tile9x1(
      int kc,
      float[] pa,
      int aOffset,
      int[] steps,
      int first,
      float[] pb,
      int bOffset,
      float[] s,
      int sOffset,
      int lds,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0_0 = load(s, sOffset);
    FloatVector c1_0 = load(s, sOffset + lds);
    FloatVector c2_0 = load(s, sOffset + 2 * lds);
    FloatVector c3_0 = load(s, sOffset + 3 * lds);
    FloatVector c4_0 = load(s, sOffset + 4 * lds);
    FloatVector c5_0 = load(s, sOffset + 5 * lds);
    FloatVector c6_0 = load(s, sOffset + 6 * lds);
    FloatVector c7_0 = load(s, sOffset + 7 * lds);
    FloatVector c8_0 = load(s, sOffset + 8 * lds);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + steps[first + p];
      int b = bOffset + p * L;
      FloatVector b0 = load(pb, b);
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
    c0_0.intoArray(c, cOffset);
    c1_0.intoArray(c, cOffset + ldc);
    c2_0.intoArray(c, cOffset + 2 * ldc);
    c3_0.intoArray(c, cOffset + 3 * ldc);
    c4_0.intoArray(c, cOffset + 4 * ldc);
    c5_0.intoArray(c, cOffset + 5 * ldc);
    c6_0.intoArray(c, cOffset + 6 * ldc);
    c7_0.intoArray(c, cOffset + 7 * ldc);
    c8_0.intoArray(c, cOffset + 8 * ldc);
  }

  private static void tile6x2(
      int kc,
      float[] pa,
      int aOffset,
      int[] steps,
      int first,
      float[] pb,
      int bOffset,
      float[] s,
      int sOffset,
      int lds,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0_0 = load(s, sOffset);
    FloatVector c0_1 = load(s, sOffset + L);
    FloatVector c1_0 = load(s, sOffset + lds);
    FloatVector c1_1 = load(s, sOffset + lds + L);
    FloatVector c2_0 = load(s, sOffset + 2 * lds);
    FloatVector c2_1 = load(s, sOffset + 2 * lds + L);
    FloatVector c3_0 = load(s, sOffset + 3 * lds);
    FloatVector c3_1 = load(s, sOffset + 3 * lds + L);
    FloatVector c4_0 = load(s, sOffset + 4 * lds);
    FloatVector c4_1 = load(s, sOffset + 4 * lds + L);
    FloatVector c5_0 = load(s, sOffset + 5 * lds);
    FloatVector c5_1 = load(s, sOffset + 5 * lds + L);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + steps[first + p];
      int b = bOffset + p * (2 * L);
      FloatVector b0 = load(pb, b);
      FloatVector b1 = load(pb, b + L);
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
    c0_0.intoArray(c, cOffset);
    c0_1.intoArray(c, cOffset + L);
    c1_0.intoArray(c, cOffset + ldc);
    c1_1.intoArray(c, cOffset + ldc + L);
    c2_0.intoArray(c, cOffset + 2 * ldc);
    c2_1.intoArray(c, cOffset + 2 * ldc + L);
    c3_0.intoArray(c, cOffset + 3 * ldc);
    c3_1.intoArray(c, cOffset + 3 * ldc + L);
    c4_0.intoArray(c, cOffset + 4 * ldc);
    c4_1.intoArray(c, cOffset + 4 * ldc + L);
    c5_0.intoArray(c, cOffset + 5 * ldc);
    c5_1.intoArray(c, cOffset + 5 * ldc + L);
  }

  private static void tile6x1(
      int kc,
      float[] pa,
      int aOffset,
      int[] steps,
      int first,
      float[] pb,
      int bOffset,
      float[] s,
      int sOffset,
      int lds,
      float[] c,
      int cOffset,
      int ldc) {
    FloatVector c0_0 = load(s, sOffset);
    FloatVector c1_0 = load(s, sOffset + lds);
    FloatVector c2_0 = load(s, sOffset + 2 * lds);
    FloatVector c3_0 = load(s, sOffset + 3 * lds);
    FloatVector c4_0 = load(s, sOffset + 4 * lds);
    FloatVector c5_0 = load(s, sOffset + 5 * lds);
    for (int p = 0; p < kc; p++) {
      int a = aOffset + steps[first + p];
      int b = bOffset + p * L;
      FloatVector b0 = load(pb, b);
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
    c0_0.intoArray(c, cOffset);
    c1_0.intoArray(c, cOffset + ldc);
    c2_0.intoArray(c, cOffset + 2 * ldc);
    c3_0.intoArray(c, cOffset + 3 * ldc);
    c4_0.intoArray(c, cOffset + 4 * ldc);
    c5_0.intoArray(c, cOffset + 5 * ldc);
  }
}
