package dev.lanewise.kernel.conv2d.special;

import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The weight gradient of a 3 × 3 convolution on one channel behind which 2 × 2 windows were pooled:
 * the inner loop over a row of windows, for 16 lanes.
 *
 * <p>Of a window's four outputs one has a gradient, another one in each lane. The 4 × 4 pixels
 * under the window fill one register, from which each lane takes the pixel that its winner's tap
 * saw: 9 permutations and 18 multiplications instead of 36, and the gradient is never spread.
 * Registers: 18 accumulators (nine taps for each of two output rows), pixels, their places, two
 * gradients, one permuted vector, three constants: 26 of 32.
 */
final class SimdPooledTaps {
  /** Pixels under a window: as many as this loop's vectors have lanes. */
  public static final int PIXELS = 16;

  /**
   * Accumulators that a row of windows leaves: nine taps of the upper outputs, nine of the lower.
   */
  public static final int SUMS = 18;

  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;

  private SimdPooledTaps() {}

  /**
   * Computes the chains of the two output rows under a row of windows.
   *
   * @param pixels holds 16 pixels a window
   * @param pAt where the row's begin
   * @param at the row's first gradient and winner, counted from where these begin
   * @param sums takes {@link #SUMS} vectors
   */
  static void row(PooledCall c, float[] pixels, int pAt, int at, float[] sums) {
    float[] dy = c.dy;
    int[] argmax = c.argmax;
    int dyAt = c.dyAt + at;
    int argmaxAt = c.argmaxAt + at;
    int ld = c.filters;
    int windows = c.cols;
    FloatVector t0 = FloatVector.zero(S);
    FloatVector t1 = FloatVector.zero(S);
    FloatVector t2 = FloatVector.zero(S);
    FloatVector t3 = FloatVector.zero(S);
    FloatVector t4 = FloatVector.zero(S);
    FloatVector t5 = FloatVector.zero(S);
    FloatVector t6 = FloatVector.zero(S);
    FloatVector t7 = FloatVector.zero(S);
    FloatVector t8 = FloatVector.zero(S);
    FloatVector b0 = FloatVector.zero(S);
    FloatVector b1 = FloatVector.zero(S);
    FloatVector b2 = FloatVector.zero(S);
    FloatVector b3 = FloatVector.zero(S);
    FloatVector b4 = FloatVector.zero(S);
    FloatVector b5 = FloatVector.zero(S);
    FloatVector b6 = FloatVector.zero(S);
    FloatVector b7 = FloatVector.zero(S);
    FloatVector b8 = FloatVector.zero(S);
    for (int ow = 0; ow < windows; ow++) {
      FloatVector g = FloatVector.fromArray(S, dy, dyAt + ow * ld);
      IntVector place = IntVector.fromArray(INTS, argmax, argmaxAt + ow * ld);
      IntVector seen = FloatVector.fromArray(S, pixels, pAt + ow * PIXELS).reinterpretAsInts();
      VectorMask<Float> low = place.compare(VectorOperators.GT, 1).cast(S);
      FloatVector up = g.blend(0f, low);
      g = FloatVector.zero(S).blend(g, low);
      // The winners 0, 1, 2, 3 look first at the pixels 0, 1, 4, 5.
      place = place.add(place.and(2));
      FloatVector x = place.selectFrom(seen).reinterpretAsFloats();
      t0 = x.fma(up, t0);
      b0 = x.fma(g, b0);
      place = place.add(1);
      x = place.selectFrom(seen).reinterpretAsFloats();
      t1 = x.fma(up, t1);
      b1 = x.fma(g, b1);
      place = place.add(1);
      x = place.selectFrom(seen).reinterpretAsFloats();
      t2 = x.fma(up, t2);
      b2 = x.fma(g, b2);
      place = place.add(2);
      x = place.selectFrom(seen).reinterpretAsFloats();
      t3 = x.fma(up, t3);
      b3 = x.fma(g, b3);
      place = place.add(1);
      x = place.selectFrom(seen).reinterpretAsFloats();
      t4 = x.fma(up, t4);
      b4 = x.fma(g, b4);
      place = place.add(1);
      x = place.selectFrom(seen).reinterpretAsFloats();
      t5 = x.fma(up, t5);
      b5 = x.fma(g, b5);
      place = place.add(2);
      x = place.selectFrom(seen).reinterpretAsFloats();
      t6 = x.fma(up, t6);
      b6 = x.fma(g, b6);
      place = place.add(1);
      x = place.selectFrom(seen).reinterpretAsFloats();
      t7 = x.fma(up, t7);
      b7 = x.fma(g, b7);
      place = place.add(1);
      x = place.selectFrom(seen).reinterpretAsFloats();
      t8 = x.fma(up, t8);
      b8 = x.fma(g, b8);
    }
    t0.intoArray(sums, 0);
    t1.intoArray(sums, PIXELS);
    t2.intoArray(sums, 2 * PIXELS);
    t3.intoArray(sums, 3 * PIXELS);
    t4.intoArray(sums, 4 * PIXELS);
    t5.intoArray(sums, 5 * PIXELS);
    t6.intoArray(sums, 6 * PIXELS);
    t7.intoArray(sums, 7 * PIXELS);
    t8.intoArray(sums, 8 * PIXELS);
    b0.intoArray(sums, 9 * PIXELS);
    b1.intoArray(sums, 10 * PIXELS);
    b2.intoArray(sums, 11 * PIXELS);
    b3.intoArray(sums, 12 * PIXELS);
    b4.intoArray(sums, 13 * PIXELS);
    b5.intoArray(sums, 14 * PIXELS);
    b6.intoArray(sums, 15 * PIXELS);
    b7.intoArray(sums, 16 * PIXELS);
    b8.intoArray(sums, 17 * PIXELS);
  }
}
