package dev.lanewise.kernel.matmul;

import static dev.lanewise.kernel.support.SimdZip.high;
import static dev.lanewise.kernel.support.SimdZip.load;
import static dev.lanewise.kernel.support.SimdZip.low;
import static dev.lanewise.kernel.support.SimdZip.store;

import dev.lanewise.kernel.support.SimdSquare;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.IntVector;

/**
 * Packs rows of A for the microkernels, which broadcast its elements one by one.
 *
 * <p>A tile's rows are packed in groups of four, then two, then one; a group of w rows and k terms
 * is k times w elements. Groups of four make the interleaving cheap: the result of two rounds of
 * zipping vectors is written as it is.
 */
final class SimdPackA {
  private static final int L = VectorWidth.LANES;

  private SimdPackA() {}

  /**
   * Packs the rows of one tile: element (i, p) is {@code source[offset + i * rowStride + p *
   * termStride]}; one of the strides is 1.
   */
  static void pack(
      float[] source,
      int offset,
      int rowStride,
      int termStride,
      int rows,
      int k,
      float[] packed,
      int packedOffset) {
    int i = 0;
    if (rows == 12 && rowStride == 1) {
      copyTwelve(source, offset, termStride, k, packed, packedOffset);
      return;
    }
    for (; i <= rows - 4; i += 4) {
      int from = offset + i * rowStride;
      int to = packedOffset + i * k;
      if (rowStride == 1) {
        copyFour(source, from, termStride, k, packed, to);
      } else {
        zipFour(source, from, rowStride, termStride, k, packed, to);
      }
    }
    while (i < rows) {
      int width = rows - i >= 2 ? 2 : 1;
      int from = offset + i * rowStride;
      one(source, from, rowStride, termStride, width, 0, k, packed, packedOffset + i * k);
      i += width;
    }
  }

  private static void copyTwelve(
      float[] source, int offset, int stride, int k, float[] packed, int packedOffset) {
    int whole = k & -4;
    for (int p = 0; p < whole; p += 4) {
      int from = offset + p * stride;
      int to = packedOffset + 4 * p;
      SimdSquare.copy(source, from, stride, packed, to);
      SimdSquare.copy(source, from + 4, stride, packed, to + 4 * k);
      SimdSquare.copy(source, from + 8, stride, packed, to + 8 * k);
    }
    for (int i = 0; i < 12; i += 4) {
      one(source, offset + i, 1, stride, 4, whole, k, packed, packedOffset + i * k);
    }
  }

  private static void copyFour(
      float[] source, int offset, int stride, int k, float[] packed, int packedOffset) {
    int whole = k & -4;
    for (int p = 0; p < whole; p += 4) {
      SimdSquare.copy(source, offset + p * stride, stride, packed, packedOffset + 4 * p);
    }
    one(source, offset, 1, stride, 4, whole, k, packed, packedOffset);
  }

  private static void zipFour(
      float[] source,
      int offset,
      int rowStride,
      int termStride,
      int k,
      float[] packed,
      int packedOffset) {
    int whole = L >= 4 && termStride == 1 ? VectorWidth.wholeVectors(k) : 0;
    zipVectors(source, offset, rowStride, whole, packed, packedOffset);
    one(source, offset, rowStride, termStride, 4, whole, k, packed, packedOffset);
  }

  private static void zipVectors(
      float[] source, int offset, int stride, int k, float[] packed, int packedOffset) {
    for (int p = 0; p < k; p += L) {
      IntVector r0 = load(source, offset + p);
      IntVector r1 = load(source, offset + stride + p);
      IntVector r2 = load(source, offset + 2 * stride + p);
      IntVector r3 = load(source, offset + 3 * stride + p);
      IntVector even0 = low(r0, r2);
      IntVector even1 = high(r0, r2);
      IntVector odd0 = low(r1, r3);
      IntVector odd1 = high(r1, r3);
      int to = packedOffset + 4 * p;
      store(low(even0, odd0), packed, to);
      store(high(even0, odd0), packed, to + L);
      store(low(even1, odd1), packed, to + 2 * L);
      store(high(even1, odd1), packed, to + 3 * L);
    }
  }

  /** The terms from {@code first} on, one by one. */
  private static void one(
      float[] source,
      int offset,
      int rowStride,
      int termStride,
      int width,
      int first,
      int k,
      float[] packed,
      int packedOffset) {
    for (int p = first; p < k; p++) {
      for (int i = 0; i < width; i++) {
        packed[packedOffset + p * width + i] = source[offset + i * rowStride + p * termStride];
      }
    }
  }
}
