package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.SimdTranspose;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Packs rows of A for the register tiles, which broadcast its elements one by one: for each term
 * the elements of a tile's rows side by side, as the bits of floats.
 *
 * <p>Copies are done in whole vectors, ascending: what is written too far is overwritten by the
 * next term's, and panels end in {@link #SLACK} ints that nobody reads.
 */
final class SimdPackA {
  /** Ints behind every panel that copies may write too far. */
  static final int SLACK = VectorWidth.LANES;

  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdPackA() {}

  /**
   * Packs the rows of one tile: element (i, p) is {@code source[offset + i * rowStride + p *
   * termStride]}; one of the strides is 1.
   *
   * @param packed takes {@code rows} bits for each of {@code k} terms
   * @param squares scratch of 2 · L · L elements
   */
  static void pack(
      float[] source,
      int offset,
      int rowStride,
      int termStride,
      int rows,
      int k,
      int[] packed,
      int packedOffset,
      float[] squares) {
    int whole;
    if (rowStride == 1) {
      whole = wholeTerms(source.length - offset, termStride, rows, k);
      copy(source, offset, termStride, rows, whole, packed, packedOffset);
    } else if (termStride == 1 && rows > 1) {
      whole = VectorWidth.wholeVectors(k);
      for (int p = 0; p < whole; p += L) {
        transpose(source, offset + p, rowStride, rows, packed, packedOffset + p * rows, squares);
      }
    } else {
      whole = 0;
    }
    for (int p = whole; p < k; p++) {
      for (int i = 0; i < rows; i++) {
        float element = source[offset + i * rowStride + p * termStride];
        packed[packedOffset + p * rows + i] = Float.floatToRawIntBits(element);
      }
    }
  }

  /**
   * Terms whose rows can be read in whole vectors, with {@code left} elements from the first on.
   */
  private static int wholeTerms(int left, int termStride, int rows, int k) {
    int read = (rows + L - 1) / L * L;
    return left < read ? 0 : Math.min(k, (left - read) / termStride + 1);
  }

  private static void copy(
      float[] source, int offset, int stride, int rows, int k, int[] packed, int packedOffset) {
    for (int p = 0; p < k; p++) {
      for (int i = 0; i < rows; i += L) {
        FloatVector.fromArray(S, source, offset + p * stride + i)
            .reinterpretAsInts()
            .intoArray(packed, packedOffset + p * rows + i);
      }
    }
  }

  /**
   * Packs L terms: as many rows as a vector has lanes at a time, the last ones first, since their
   * vectors are written beyond the tile.
   */
  private static void transpose(
      float[] source,
      int offset,
      int stride,
      int rows,
      int[] packed,
      int packedOffset,
      float[] squares) {
    for (int i = (rows - 1) / L * L; i >= 0; i -= L) {
      int from = offset + i * stride;
      SimdTranspose.square(source, from, stride, Math.min(L, rows - i), squares, L * L, L, squares);
      for (int p = 0; p < L; p++) {
        FloatVector.fromArray(S, squares, (L + p) * L)
            .reinterpretAsInts()
            .intoArray(packed, packedOffset + p * rows + i);
      }
    }
  }
}
