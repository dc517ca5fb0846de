package dev.lanewise.kernel.support;

import static jdk.incubator.vector.VectorOperators.MAX;

import dev.lanewise.kernel.math.Fma;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector form of the reductions that several families share; the rule is in {@code Reduce}.
 *
 * <p>The 32 lanes are held in registers, two vectors of 16 lanes or four of 8 in one walk over the
 * block; narrower vectors walk over it (it is in L1) once for every four of them. What is left of a
 * block after its last whole 32 elements is added to the stored lanes; a dot product's lane without
 * an element must keep its bits, since it may be −0, which adding +0 would change.
 */
public final class SimdBlocks {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private SimdBlocks() {}

  /** Returns the sum of n elements. */
  public static float sum(int n, float[] x, int xOffset, Lanes lanes) {
    int blocks = Lanes.blocks(n);
    if (blocks > 1) {
      lanes.begin();
    }
    // One call in the text, since C2 would inline two and has nodes for so many only.
    for (int b = 0; ; b++) {
      int at = xOffset + b * Lanes.BLOCK;
      float result = blockSum(Lanes.size(n, b), x, at, lanes.ofBlock());
      if (blocks <= 1) {
        return result;
      }
      lanes.add(result);
      if (b == blocks - 1) {
        return lanes.total();
      }
    }
  }

  /** Returns the dot product of two vectors of n elements. */
  public static float dot(int n, float[] x, int xOffset, float[] y, int yOffset, Lanes lanes) {
    int blocks = Lanes.blocks(n);
    if (blocks > 1) {
      lanes.begin();
    }
    for (int b = 0; ; b++) {
      int at = b * Lanes.BLOCK;
      float result = blockDot(Lanes.size(n, b), x, xOffset + at, y, yOffset + at, lanes.ofBlock());
      if (blocks <= 1) {
        return result;
      }
      lanes.add(result);
      if (b == blocks - 1) {
        return lanes.total();
      }
    }
  }

  /** Returns the sum of a block of at most 4096 elements; uses up 32 lanes. */
  public static float blockSum(int n, float[] x, int xOffset, float[] lanes) {
    int whole = n & -Lanes.COUNT;
    if (L == 16) {
      sum2(whole, x, xOffset, lanes);
    } else {
      for (int lane = 0; lane < Lanes.COUNT; lane += 4 * L) {
        sum4(whole, x, xOffset + lane, lanes, lane);
      }
    }
    addTail(n - whole, x, xOffset + whole, lanes);
    return Lanes.fold(lanes, Math.min(n, Lanes.COUNT));
  }

  private static void sum2(int whole, float[] x, int xOffset, float[] lanes) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      s0 = s0.add(FloatVector.fromArray(S, x, xOffset + i));
      s1 = s1.add(FloatVector.fromArray(S, x, xOffset + i + L));
    }
    s0.intoArray(lanes, 0);
    s1.intoArray(lanes, L);
  }

  private static void sum4(int whole, float[] x, int xOffset, float[] lanes, int lane) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      s0 = s0.add(FloatVector.fromArray(S, x, xOffset + i));
      s1 = s1.add(FloatVector.fromArray(S, x, xOffset + i + L));
      s2 = s2.add(FloatVector.fromArray(S, x, xOffset + i + 2 * L));
      s3 = s3.add(FloatVector.fromArray(S, x, xOffset + i + 3 * L));
    }
    s0.intoArray(lanes, lane);
    s1.intoArray(lanes, lane + L);
    s2.intoArray(lanes, lane + 2 * L);
    s3.intoArray(lanes, lane + 3 * L);
  }

  /** A sum's lane is never −0, so that the +0 which a masked load puts beyond the end is none. */
  private static void addTail(int n, float[] x, int xOffset, float[] lanes) {
    int l = 0;
    for (; l < VectorWidth.wholeVectors(n); l += L) {
      FloatVector.fromArray(S, lanes, l)
          .add(FloatVector.fromArray(S, x, xOffset + l))
          .intoArray(lanes, l);
    }
    if (l < n && VectorWidth.MASKED_TAILS) {
      FloatVector.fromArray(S, lanes, l)
          .add(FloatVector.fromArray(S, x, xOffset + l, S.indexInRange(l, n)))
          .intoArray(lanes, l);
      return;
    }
    for (; l < n; l++) {
      lanes[l] += x[xOffset + l];
    }
  }

  /** Returns the dot product of two blocks of at most 4096 elements; uses up 32 lanes. */
  public static float blockDot(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes) {
    int whole = n & -Lanes.COUNT;
    if (L == 16) {
      dot2(whole, x, xOffset, y, yOffset, lanes);
    } else {
      for (int lane = 0; lane < Lanes.COUNT; lane += 4 * L) {
        dot4(whole, x, xOffset + lane, y, yOffset + lane, lanes, lane);
      }
    }
    dotTail(n - whole, x, xOffset + whole, y, yOffset + whole, lanes);
    return Lanes.fold(lanes);
  }

  private static void dot2(
      int whole, float[] x, int xOffset, float[] y, int yOffset, float[] lanes) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      s0 =
          FloatVector.fromArray(S, x, xOffset + i)
              .fma(FloatVector.fromArray(S, y, yOffset + i), s0);
      s1 =
          FloatVector.fromArray(S, x, xOffset + i + L)
              .fma(FloatVector.fromArray(S, y, yOffset + i + L), s1);
    }
    s0.intoArray(lanes, 0);
    s1.intoArray(lanes, L);
  }

  private static void dot4(
      int whole, float[] x, int xOffset, float[] y, int yOffset, float[] lanes, int lane) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      s0 =
          FloatVector.fromArray(S, x, xOffset + i)
              .fma(FloatVector.fromArray(S, y, yOffset + i), s0);
      s1 =
          FloatVector.fromArray(S, x, xOffset + i + L)
              .fma(FloatVector.fromArray(S, y, yOffset + i + L), s1);
      s2 =
          FloatVector.fromArray(S, x, xOffset + i + 2 * L)
              .fma(FloatVector.fromArray(S, y, yOffset + i + 2 * L), s2);
      s3 =
          FloatVector.fromArray(S, x, xOffset + i + 3 * L)
              .fma(FloatVector.fromArray(S, y, yOffset + i + 3 * L), s3);
    }
    s0.intoArray(lanes, lane);
    s1.intoArray(lanes, lane + L);
    s2.intoArray(lanes, lane + 2 * L);
    s3.intoArray(lanes, lane + 3 * L);
  }

  private static void dotTail(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes) {
    int l = 0;
    for (; l < VectorWidth.wholeVectors(n); l += L) {
      FloatVector.fromArray(S, x, xOffset + l)
          .fma(FloatVector.fromArray(S, y, yOffset + l), FloatVector.fromArray(S, lanes, l))
          .intoArray(lanes, l);
    }
    for (; l < n; l++) {
      lanes[l] = Fma.fma(x[xOffset + l], y[yOffset + l], lanes[l]);
    }
  }

  /**
   * Returns the largest of n elements, NaN if one is; no order of comparisons changes it, so it is
   * taken in whatever is fastest.
   */
  public static float max(int n, float[] x, int xOffset) {
    FloatVector m0 = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
    FloatVector m1 = m0;
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      m0 = m0.max(FloatVector.fromArray(S, x, xOffset + i));
      m1 = m1.max(FloatVector.fromArray(S, x, xOffset + i + L));
    }
    if (i <= n - L) {
      m0 = m0.max(FloatVector.fromArray(S, x, xOffset + i));
      i += L;
    }
    if (i < n && n >= L) { // no mask, which may be an object to C2: some elements a second time
      m1 = m1.max(FloatVector.fromArray(S, x, xOffset + n - L));
      i = n;
    }
    float max = m0.max(m1).reduceLanes(MAX);
    for (; i < n; i++) {
      max = Math.max(max, x[xOffset + i]);
    }
    return max;
  }
}
