package dev.lanewise.kernel.matmul;

import static dev.lanewise.kernel.support.SimdZip.high;
import static dev.lanewise.kernel.support.SimdZip.load;
import static dev.lanewise.kernel.support.SimdZip.low;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.IntVector;

/**
 * Packs rows of A for the register tiles, which broadcast its elements one by one, as the bits of
 * floats.
 *
 * <p>A tile's rows are packed in groups of four; two or one may be left. A group of w rows and k
 * terms is k times w elements. Groups of four make the interleaving cheap: the result of two rounds
 * of zipping vectors is written as it is. Five rows become one group, which leaves the compiler a
 * register more (see the tiles' generator).
 */
final class SimdPackA {
  private static final int L = VectorWidth.LANES;

  /** Ints behind every panel that may be written too far. */
  static final int SLACK = L;

  private final GemmCall x;
  private int[] four = {};

  SimdPackA(GemmCall x) {
    this.x = x;
  }

  /** Packs {@code terms} terms from term {@code p} on of a tile's rows from row {@code i} on. */
  void pack(int i, int rows, int p, int terms, int[] panel, int to) {
    if (rows == 5) {
      five(x.aOffset + i * x.aRowStride + p * x.aTermStride, terms, panel, to);
      return;
    }
    int width;
    for (int r = 0; r < rows; r += width) {
      width = Math.min(4, rows - r);
      int from = x.aOffset + (i + r) * x.aRowStride + p * x.aTermStride;
      group(from, width, terms, panel, to + r * terms);
    }
  }

  private void five(int from, int terms, int[] panel, int to) {
    if (x.aRowStride == 1) {
      group(from, 5, terms, panel, to);
      return;
    }
    if (four.length < 4 * terms + SLACK) {
      four = new int[4 * terms + SLACK];
    }
    group(from, 4, terms, four, 0);
    int fifth = from + 4 * x.aRowStride;
    for (int p = 0; p < terms; p++) {
      int at = to + 5 * p;
      for (int i = 0; i < 4; i += L) {
        IntVector.fromArray(VectorWidth.INTS, four, 4 * p + i).intoArray(panel, at + i);
      }
      panel[at + 4] = Float.floatToRawIntBits(x.a[fifth + p * x.aTermStride]);
    }
  }

  private void group(int from, int width, int terms, int[] panel, int to) {
    int whole = 0;
    if (x.aRowStride == 1) {
      int readable = x.a.length - from - VectorWidth.roundedUp(width);
      whole = readable < 0 ? 0 : Math.min(terms, readable / x.aTermStride + 1);
      copy(x.a, from, x.aTermStride, width, whole, panel, to);
    } else if (x.aTermStride == 1 && width == 4 && L >= 4) {
      whole = VectorWidth.wholeVectors(terms);
      zip(x.a, from, x.aRowStride, whole, panel, to);
    }
    for (int p = whole; p < terms; p++) {
      for (int i = 0; i < width; i++) {
        float element = x.a[from + i * x.aRowStride + p * x.aTermStride];
        panel[to + p * width + i] = Float.floatToRawIntBits(element);
      }
    }
  }

  /** Copies at least a vector, ascending: the next term overwrites what is written too far. */
  private static void copy(
      float[] a, int from, int stride, int width, int terms, int[] panel, int to) {
    for (int p = 0; p < terms; p++) {
      for (int i = 0; i < width; i += L) {
        load(a, from + p * stride + i).intoArray(panel, to + p * width + i);
      }
    }
  }

  private static void zip(float[] a, int from, int stride, int terms, int[] panel, int to) {
    for (int p = 0; p < terms; p += L) {
      IntVector r0 = load(a, from + p);
      IntVector r1 = load(a, from + stride + p);
      IntVector r2 = load(a, from + 2 * stride + p);
      IntVector r3 = load(a, from + 3 * stride + p);
      IntVector even0 = low(r0, r2);
      IntVector even1 = high(r0, r2);
      IntVector odd0 = low(r1, r3);
      IntVector odd1 = high(r1, r3);
      int at = to + 4 * p;
      low(even0, odd0).intoArray(panel, at);
      high(even0, odd0).intoArray(panel, at + L);
      low(even1, odd1).intoArray(panel, at + 2 * L);
      high(even1, odd1).intoArray(panel, at + 3 * L);
    }
  }
}
