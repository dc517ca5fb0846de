package dev.lanewise.kernel.support;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Interleaves the lanes of two vectors.
 *
 * <p>Floats are handled as the ints of their bits: {@code selectFrom} of float vectors takes the
 * lane numbers as floats and converts them each time, which made transposing half as fast again.
 */
public final class SimdZip {
  private static final IntVector LOW_HALVES = zip(0);
  private static final IntVector HIGH_HALVES = zip(VectorWidth.LANES / 2);

  private SimdZip() {}

  /** The bits of a vector of floats. */
  public static IntVector load(float[] source, int offset) {
    return FloatVector.fromArray(VectorWidth.FLOATS, source, offset).reinterpretAsInts();
  }

  /** Stores bits as floats. */
  public static void store(IntVector bits, float[] target, int offset) {
    bits.reinterpretAsFloats().intoArray(target, offset);
  }

  /** x0 y0 x1 y1 … of the lower halves of x and y. */
  public static IntVector low(IntVector x, IntVector y) {
    return LOW_HALVES.selectFrom(x, y);
  }

  /** The same of the upper halves. */
  public static IntVector high(IntVector x, IntVector y) {
    return HIGH_HALVES.selectFrom(x, y);
  }

  private static IntVector zip(int from) {
    int[] lanes = new int[VectorWidth.LANES];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = from + i / 2 + i % 2 * lanes.length;
    }
    return IntVector.fromArray(VectorWidth.INTS, lanes, 0);
  }
}
