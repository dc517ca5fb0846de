package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;

/** Lane numbers (for {@code selectFrom}) that interleave the lanes of two vectors. */
final class SimdZip {
  private SimdZip() {}

  /** x0 y0 x1 y1 … of the lower halves of x and y. */
  static FloatVector lowHalves() {
    return zip(0);
  }

  /** The same of the upper halves. */
  static FloatVector highHalves() {
    return zip(VectorWidth.LANES / 2);
  }

  private static FloatVector zip(int from) {
    float[] lanes = new float[VectorWidth.LANES];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = from + i / 2 + i % 2 * lanes.length;
    }
    return FloatVector.fromArray(VectorWidth.FLOATS, lanes, 0);
  }
}
