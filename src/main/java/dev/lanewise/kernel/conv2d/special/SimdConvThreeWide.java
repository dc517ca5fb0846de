package dev.lanewise.kernel.conv2d.special;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The forward loops of a first layer: one channel a group, kernels three columns wide, column
 * stride and dilation 1.
 *
 * <p>Nothing is packed: with one channel a chain runs along the window's rows, so each pixel is
 * broadcast once and meets all three taps of its kernel row, which belong to three neighbouring
 * outputs. Registers: nine pixels by one or two vectors of filters (9 or 18 accumulators), the
 * row's taps (3 or 6), the pixel: 25 of 32, and one vector of filters where there are only 16.
 */
public final class SimdConvThreeWide {
  /** Neighbouring pixels of a tile; a row's last tile overlaps the one before it. */
  public static final int PIXELS = 9;

  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdConvThreeWide() {}

  /**
   * Computes a row of outputs for a panel of weights.
   *
   * @param vectors 1 or 2, the panel's columns in vectors
   * @param kernelRows rows of the kernel
   * @param x holds the padded input rows
   * @param at where the first output's first pixel lies
   * @param pitch distance between the input rows of two kernel rows
   * @param w holds the panel: for each tap its columns
   * @param wAt where it begins
   * @param cols number of outputs, at least {@link #PIXELS}
   * @param c takes the outputs, {@code ldc} apart
   * @param cAt where the first one goes
   */
  public static void row(
      int vectors,
      int kernelRows,
      float[] x,
      int at,
      int pitch,
      float[] w,
      int wAt,
      int cols,
      float[] c,
      int cAt,
      int ldc) {
    for (int ow = 0; ow < cols; ow += PIXELS) {
      int p = Math.min(ow, cols - PIXELS);
      if (vectors == 2 && VectorWidth.MACHINE_BITS != 256) {
        pixels9x2(kernelRows, x, at + p, pitch, w, wAt, c, cAt + p * ldc, ldc);
      } else {
        for (int v = 0; v < vectors; v++) {
          pixels9x1(
              kernelRows,
              x,
              at + p,
              pitch,
              w,
              wAt + v * L,
              vectors * L,
              c,
              cAt + p * ldc + v * L,
              ldc);
        }
      }
    }
  }

  private static FloatVector load(float[] a, int at) {
    return FloatVector.fromArray(S, a, at);
  }

  private static void pixels9x2(
      int kernelRows,
      float[] x,
      int at,
      int pitch,
      float[] w,
      int wAt,
      float[] c,
      int cAt,
      int ldc) {
    FloatVector c0_0 = FloatVector.zero(S);
    FloatVector c0_1 = FloatVector.zero(S);
    FloatVector c1_0 = FloatVector.zero(S);
    FloatVector c1_1 = FloatVector.zero(S);
    FloatVector c2_0 = FloatVector.zero(S);
    FloatVector c2_1 = FloatVector.zero(S);
    FloatVector c3_0 = FloatVector.zero(S);
    FloatVector c3_1 = FloatVector.zero(S);
    FloatVector c4_0 = FloatVector.zero(S);
    FloatVector c4_1 = FloatVector.zero(S);
    FloatVector c5_0 = FloatVector.zero(S);
    FloatVector c5_1 = FloatVector.zero(S);
    FloatVector c6_0 = FloatVector.zero(S);
    FloatVector c6_1 = FloatVector.zero(S);
    FloatVector c7_0 = FloatVector.zero(S);
    FloatVector c7_1 = FloatVector.zero(S);
    FloatVector c8_0 = FloatVector.zero(S);
    FloatVector c8_1 = FloatVector.zero(S);
    for (int kh = 0; kh < kernelRows; kh++) {
      int a = at + kh * pitch;
      int b = wAt + kh * (6 * L);
      FloatVector w0_0 = load(w, b);
      FloatVector w0_1 = load(w, b + L);
      FloatVector w1_0 = load(w, b + 2 * L);
      FloatVector w1_1 = load(w, b + 3 * L);
      FloatVector w2_0 = load(w, b + 4 * L);
      FloatVector w2_1 = load(w, b + 5 * L);
      FloatVector p = FloatVector.broadcast(S, x[a]);
      c0_0 = p.fma(w0_0, c0_0);
      c0_1 = p.fma(w0_1, c0_1);
      p = FloatVector.broadcast(S, x[a + 1]);
      c1_0 = p.fma(w0_0, c1_0);
      c1_1 = p.fma(w0_1, c1_1);
      c0_0 = p.fma(w1_0, c0_0);
      c0_1 = p.fma(w1_1, c0_1);
      p = FloatVector.broadcast(S, x[a + 2]);
      c2_0 = p.fma(w0_0, c2_0);
      c2_1 = p.fma(w0_1, c2_1);
      c1_0 = p.fma(w1_0, c1_0);
      c1_1 = p.fma(w1_1, c1_1);
      c0_0 = p.fma(w2_0, c0_0);
      c0_1 = p.fma(w2_1, c0_1);
      p = FloatVector.broadcast(S, x[a + 3]);
      c3_0 = p.fma(w0_0, c3_0);
      c3_1 = p.fma(w0_1, c3_1);
      c2_0 = p.fma(w1_0, c2_0);
      c2_1 = p.fma(w1_1, c2_1);
      c1_0 = p.fma(w2_0, c1_0);
      c1_1 = p.fma(w2_1, c1_1);
      p = FloatVector.broadcast(S, x[a + 4]);
      c4_0 = p.fma(w0_0, c4_0);
      c4_1 = p.fma(w0_1, c4_1);
      c3_0 = p.fma(w1_0, c3_0);
      c3_1 = p.fma(w1_1, c3_1);
      c2_0 = p.fma(w2_0, c2_0);
      c2_1 = p.fma(w2_1, c2_1);
      p = FloatVector.broadcast(S, x[a + 5]);
      c5_0 = p.fma(w0_0, c5_0);
      c5_1 = p.fma(w0_1, c5_1);
      c4_0 = p.fma(w1_0, c4_0);
      c4_1 = p.fma(w1_1, c4_1);
      c3_0 = p.fma(w2_0, c3_0);
      c3_1 = p.fma(w2_1, c3_1);
      p = FloatVector.broadcast(S, x[a + 6]);
      c6_0 = p.fma(w0_0, c6_0);
      c6_1 = p.fma(w0_1, c6_1);
      c5_0 = p.fma(w1_0, c5_0);
      c5_1 = p.fma(w1_1, c5_1);
      c4_0 = p.fma(w2_0, c4_0);
      c4_1 = p.fma(w2_1, c4_1);
      p = FloatVector.broadcast(S, x[a + 7]);
      c7_0 = p.fma(w0_0, c7_0);
      c7_1 = p.fma(w0_1, c7_1);
      c6_0 = p.fma(w1_0, c6_0);
      c6_1 = p.fma(w1_1, c6_1);
      c5_0 = p.fma(w2_0, c5_0);
      c5_1 = p.fma(w2_1, c5_1);
      p = FloatVector.broadcast(S, x[a + 8]);
      c8_0 = p.fma(w0_0, c8_0);
      c8_1 = p.fma(w0_1, c8_1);
      c7_0 = p.fma(w1_0, c7_0);
      c7_1 = p.fma(w1_1, c7_1);
      c6_0 = p.fma(w2_0, c6_0);
      c6_1 = p.fma(w2_1, c6_1);
      p = FloatVector.broadcast(S, x[a + 9]);
      c8_0 = p.fma(w1_0, c8_0);
      c8_1 = p.fma(w1_1, c8_1);
      c7_0 = p.fma(w2_0, c7_0);
      c7_1 = p.fma(w2_1, c7_1);
      p = FloatVector.broadcast(S, x[a + 10]);
      c8_0 = p.fma(w2_0, c8_0);
      c8_1 = p.fma(w2_1, c8_1);
    }
    c0_0.intoArray(c, cAt);
    c0_1.intoArray(c, cAt + L);
    c1_0.intoArray(c, cAt + ldc);
    c1_1.intoArray(c, cAt + ldc + L);
    c2_0.intoArray(c, cAt + 2 * ldc);
    c2_1.intoArray(c, cAt + 2 * ldc + L);
    c3_0.intoArray(c, cAt + 3 * ldc);
    c3_1.intoArray(c, cAt + 3 * ldc + L);
    c4_0.intoArray(c, cAt + 4 * ldc);
    c4_1.intoArray(c, cAt + 4 * ldc + L);
    c5_0.intoArray(c, cAt + 5 * ldc);
    c5_1.intoArray(c, cAt + 5 * ldc + L);
    c6_0.intoArray(c, cAt + 6 * ldc);
    c6_1.intoArray(c, cAt + 6 * ldc + L);
    c7_0.intoArray(c, cAt + 7 * ldc);
    c7_1.intoArray(c, cAt + 7 * ldc + L);
    c8_0.intoArray(c, cAt + 8 * ldc);
    c8_1.intoArray(c, cAt + 8 * ldc + L);
  }

  private static void pixels9x1(
      int kernelRows,
      float[] x,
      int at,
      int pitch,
      float[] w,
      int wAt,
      int ldw,
      float[] c,
      int cAt,
      int ldc) {
    FloatVector c0_0 = FloatVector.zero(S);
    FloatVector c1_0 = FloatVector.zero(S);
    FloatVector c2_0 = FloatVector.zero(S);
    FloatVector c3_0 = FloatVector.zero(S);
    FloatVector c4_0 = FloatVector.zero(S);
    FloatVector c5_0 = FloatVector.zero(S);
    FloatVector c6_0 = FloatVector.zero(S);
    FloatVector c7_0 = FloatVector.zero(S);
    FloatVector c8_0 = FloatVector.zero(S);
    for (int kh = 0; kh < kernelRows; kh++) {
      int a = at + kh * pitch;
      int b = wAt + kh * 3 * ldw;
      FloatVector w0_0 = load(w, b);
      FloatVector w1_0 = load(w, b + ldw);
      FloatVector w2_0 = load(w, b + 2 * ldw);
      FloatVector p = FloatVector.broadcast(S, x[a]);
      c0_0 = p.fma(w0_0, c0_0);
      p = FloatVector.broadcast(S, x[a + 1]);
      c1_0 = p.fma(w0_0, c1_0);
      c0_0 = p.fma(w1_0, c0_0);
      p = FloatVector.broadcast(S, x[a + 2]);
      c2_0 = p.fma(w0_0, c2_0);
      c1_0 = p.fma(w1_0, c1_0);
      c0_0 = p.fma(w2_0, c0_0);
      p = FloatVector.broadcast(S, x[a + 3]);
      c3_0 = p.fma(w0_0, c3_0);
      c2_0 = p.fma(w1_0, c2_0);
      c1_0 = p.fma(w2_0, c1_0);
      p = FloatVector.broadcast(S, x[a + 4]);
      c4_0 = p.fma(w0_0, c4_0);
      c3_0 = p.fma(w1_0, c3_0);
      c2_0 = p.fma(w2_0, c2_0);
      p = FloatVector.broadcast(S, x[a + 5]);
      c5_0 = p.fma(w0_0, c5_0);
      c4_0 = p.fma(w1_0, c4_0);
      c3_0 = p.fma(w2_0, c3_0);
      p = FloatVector.broadcast(S, x[a + 6]);
      c6_0 = p.fma(w0_0, c6_0);
      c5_0 = p.fma(w1_0, c5_0);
      c4_0 = p.fma(w2_0, c4_0);
      p = FloatVector.broadcast(S, x[a + 7]);
      c7_0 = p.fma(w0_0, c7_0);
      c6_0 = p.fma(w1_0, c6_0);
      c5_0 = p.fma(w2_0, c5_0);
      p = FloatVector.broadcast(S, x[a + 8]);
      c8_0 = p.fma(w0_0, c8_0);
      c7_0 = p.fma(w1_0, c7_0);
      c6_0 = p.fma(w2_0, c6_0);
      p = FloatVector.broadcast(S, x[a + 9]);
      c8_0 = p.fma(w1_0, c8_0);
      c7_0 = p.fma(w2_0, c7_0);
      p = FloatVector.broadcast(S, x[a + 10]);
      c8_0 = p.fma(w2_0, c8_0);
    }
    c0_0.intoArray(c, cAt);
    c1_0.intoArray(c, cAt + ldc);
    c2_0.intoArray(c, cAt + 2 * ldc);
    c3_0.intoArray(c, cAt + 3 * ldc);
    c4_0.intoArray(c, cAt + 4 * ldc);
    c5_0.intoArray(c, cAt + 5 * ldc);
    c6_0.intoArray(c, cAt + 6 * ldc);
    c7_0.intoArray(c, cAt + 7 * ldc);
    c8_0.intoArray(c, cAt + 8 * ldc);
  }
}
