package dev.lanewise.kernel.support;

import static jdk.incubator.vector.VectorOperators.GE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies four rows of four floats side by side.
 *
 * <p>Vectors of four lanes would do it in four loads and stores, but kernels must not mix widths:
 * the Vector API's methods are shared by all vectors of floats, C2 decides by the receivers that it
 * has seen in them, and where it has seen two it may leave the accumulators of other kernels boxed.
 */
public final class SimdSquare {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final VectorMask<Float> FROM_4 = from(4);
  private static final VectorMask<Float> FROM_8 = from(8);
  private static final VectorMask<Float> FROM_12 = from(12);

  private SimdSquare() {}

  /**
   * Copies {@code to[toOffset + 4 * i + j] = source[offset + i * stride + j]}, 0 ≤ i, j &lt; 4.
   *
   * @param stride distance of the rows, at least 4: no element is read but from the first row's
   *     first to the last row's last
   */
  public static void copy(float[] source, int offset, int stride, float[] to, int toOffset) {
    if (L == 16) {
      // Each row is read so that it arrives in its own lanes.
      FloatVector.fromArray(S, source, offset)
          .blend(FloatVector.fromArray(S, source, offset + stride - 4), FROM_4)
          .blend(FloatVector.fromArray(S, source, offset + 2 * stride - 8), FROM_8)
          .blend(FloatVector.fromArray(S, source, offset + 3 * stride - 12), FROM_12)
          .intoArray(to, toOffset);
    } else if (L == 8) {
      pair(source, offset, stride, to, toOffset);
      pair(source, offset + 2 * stride, stride, to, toOffset + 8);
    } else {
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j += L) {
          FloatVector.fromArray(S, source, offset + i * stride + j)
              .intoArray(to, toOffset + 4 * i + j);
        }
      }
    }
  }

  private static void pair(float[] source, int offset, int stride, float[] to, int toOffset) {
    FloatVector.fromArray(S, source, offset)
        .blend(FloatVector.fromArray(S, source, offset + stride - 4), FROM_4)
        .intoArray(to, toOffset);
  }

  private static VectorMask<Float> from(int lane) {
    return VectorWidth.iota().compare(GE, lane).cast(S);
  }
}
