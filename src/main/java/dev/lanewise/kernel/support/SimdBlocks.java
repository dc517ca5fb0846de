package dev.lanewise.kernel.support;

import static dev.lanewise.kernel.support.VectorWidth.LANES;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector form of the reductions that several families share; the rule is in {@code Reduce}.
 *
 * <p>The 32 lanes are held in registers, two vectors of 16 lanes or four of 8 in one walk over the
 * block; narrower vectors walk over it (it is in L1) once for every four of them. What is left of a
 * block after its last whole 32 elements is copied behind the lanes and followed by −0, which
 * changes no lane: x + −0 is x, and so is fma(−0, 0, x), also where x is a zero.
 */
public final class SimdBlocks {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  /** Where the rest of a block is copied to, behind the lanes. */
  private static final int REST = Lanes.COUNT;

  /** Where the rest of a second block is copied to. */
  private static final int REST2 = 2 * Lanes.COUNT;

  /** Of 32 lanes in vectors of 16 there are two, too few for the loops of four vectors. */
  private static final boolean TWO = LANES == 16;

  /** Half of the lanes. */
  private static final int HALF = Lanes.COUNT / 2;

  /** What is kept of 32 elements, from element 32 − n on, of which n count. */
  private static final int[] KEPT = kept();

  /** What is taken of an element: all its bits. */
  private static final int ALL = -1;

  /** What is taken of an element: its absolute value. */
  private static final int ABSOLUTE = Integer.MAX_VALUE;

  private SimdBlocks() {}

  private static int[] kept() {
    int[] kept = new int[2 * Lanes.COUNT];
    Arrays.fill(kept, 0, Lanes.COUNT, -1);
    return kept;
  }

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

  private static float blockSum(int n, float[] x, int xOffset, float[] lanes) {
    if (n <= HALF) {
      return fewSum(n, x, xOffset);
    }
    int whole = n & -Lanes.COUNT;
    copyRest(n - whole, -0f, x, xOffset + whole, lanes, REST);
    if (TWO) {
      sum2(whole, x, xOffset, lanes);
    } else {
      for (int lane = 0; lane < Lanes.COUNT; lane += 4 * LANES) {
        sum4(whole, x, xOffset, lanes, lane);
      }
    }
    return fold(lanes, 0, Math.min(n, Lanes.COUNT));
  }

  private static float blockDot(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes) {
    if (n <= HALF) {
      return fewDot(n, x, xOffset, y, yOffset);
    }
    int whole = n & -Lanes.COUNT;
    copyRest(n - whole, -0f, x, xOffset + whole, lanes, REST);
    copyRest(n - whole, 0f, y, yOffset + whole, lanes, REST2);
    if (TWO) {
      dot2(whole, x, xOffset, y, yOffset, lanes);
    } else {
      for (int lane = 0; lane < Lanes.COUNT; lane += 4 * LANES) {
        dot4(whole, x, xOffset + lane, y, yOffset + lane, lanes, lane);
      }
    }
    return fold(lanes, 0, Lanes.COUNT);
  }

  /** The sum of at most 16 elements, each in a lane of its own that begins with +0. */
  private static float fewSum(int n, float[] x, int at) {
    return foldHalf(n, x, at) + 0f;
  }

  /** Folds at most 16 lanes in registers: through memory each step would wait for the last one. */
  private static float foldHalf(int n, float[] x, int at) {
    float even = sumBy4(n, x, at) + sumBy4(n - 2, x, at + 2);
    return even + (sumBy4(n - 1, x, at + 1) + sumBy4(n - 3, x, at + 3));
  }

  /** The sum of elements 0, 4, 8, 12 of n. */
  private static float sumBy4(int n, float[] x, int at) {
    float near = n > 8 ? x[at] + x[at + 8] : n > 0 ? x[at] : 0f;
    return near + (n > 12 ? x[at + 4] + x[at + 12] : n > 4 ? x[at + 4] : 0f);
  }

  private static float fewDot(int n, float[] x, int xAt, float[] y, int yAt) {
    float even = dotBy4(n, x, xAt, y, yAt) + dotBy4(n - 2, x, xAt + 2, y, yAt + 2);
    float odd = dotBy4(n - 1, x, xAt + 1, y, yAt + 1) + dotBy4(n - 3, x, xAt + 3, y, yAt + 3);
    return even + odd + 0f;
  }

  private static float dotBy4(int n, float[] x, int i, float[] y, int j) {
    float near = n > 8 ? x[i] * y[j] + x[i + 8] * y[j + 8] : n > 0 ? x[i] * y[j] : 0f;
    float far = n > 4 ? x[i + 4] * y[j + 4] : 0f;
    return near + (n > 12 ? far + x[i + 12] * y[j + 12] : far);
  }

  /** The first part of a block of n elements that there is: 0, the whole 32; 1, the rest. */
  public static int firstPart(int n) {
    return n >= Lanes.COUNT ? 0 : 1;
  }

  /** The part after the last one that there is. */
  public static int parts(int n) {
    return n % Lanes.COUNT > 0 ? 2 : 1;
  }

  /**
   * Copies the rest of a block, n elements, and zeros of a sign behind them up to 32, so that a
   * loop over whole 32 elements may run there. What lies in the array after them is read, if there
   * is as much: a vector that is loaded from where only a part was just stored waits.
   */
  public static void copyRest(int n, float zero, float[] x, int xOffset, float[] to, int at) {
    if (x.length - xOffset < Lanes.COUNT) {
      fill(zero, to, at, Lanes.COUNT);
      System.arraycopy(x, xOffset, to, at, n);
      return;
    }
    int bits = Float.floatToRawIntBits(zero);
    for (int l = 0; l < Lanes.COUNT; l += LANES) {
      IntVector kept = IntVector.fromArray(VectorWidth.INTS, KEPT, Lanes.COUNT - n + l);
      IntVector copied = load(x, xOffset + l).reinterpretAsInts().and(kept);
      copied.or(kept.not().and(bits)).reinterpretAsFloats().intoArray(to, at + l);
    }
  }

  /** Sets n floats, whole vectors. */
  public static void fill(float value, float[] to, int at, int n) {
    FloatVector v = FloatVector.broadcast(S, value);
    for (int l = at; l < at + n; l += LANES) {
      v.intoArray(to, l);
    }
  }

  /**
   * Folds 32 lanes to their sum.
   *
   * @param lanes holds them; they are used up
   * @param at where they begin
   * @param used how many may be other than +0, if none is −0: adding the others changes nothing
   */
  public static float fold(float[] lanes, int at, int used) {
    for (int l = at; l < at + HALF && used > HALF; l += LANES) {
      load(lanes, l).add(load(lanes, l + HALF)).intoArray(lanes, l);
    }
    return foldHalf(Math.min(used, HALF), lanes, at);
  }

  /** Sets the lanes to the sums of whole 32 elements and of the rest. */
  private static void sum2(int n, float[] x, int xOffset, float[] lanes) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    for (int at = xOffset; at < xOffset + n; at += Lanes.COUNT) {
      s0 = s0.add(load(x, at));
      s1 = s1.add(load(x, at + LANES));
    }
    s0.add(load(lanes, REST)).intoArray(lanes, 0);
    s1.add(load(lanes, REST + LANES)).intoArray(lanes, LANES);
  }

  private static void sum4(int n, float[] x, int xOffset, float[] lanes, int lane) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int at = xOffset + lane; at < xOffset + n; at += Lanes.COUNT) {
      s0 = s0.add(load(x, at));
      s1 = s1.add(load(x, at + LANES));
      s2 = s2.add(load(x, at + 2 * LANES));
      s3 = s3.add(load(x, at + 3 * LANES));
    }
    s0.add(load(lanes, REST + lane)).intoArray(lanes, lane);
    s1.add(load(lanes, REST + lane + LANES)).intoArray(lanes, lane + LANES);
    s2.add(load(lanes, REST + lane + 2 * LANES)).intoArray(lanes, lane + 2 * LANES);
    s3.add(load(lanes, REST + lane + 3 * LANES)).intoArray(lanes, lane + 3 * LANES);
  }

  /** Sets the lanes to the sums of the products of whole 32 elements and of the rests. */
  private static void dot2(int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    for (int i = 0; i < n; i += Lanes.COUNT) {
      s0 = load(x, xOffset + i).fma(load(y, yOffset + i), s0);
      s1 = load(x, xOffset + i + LANES).fma(load(y, yOffset + i + LANES), s1);
    }
    load(lanes, REST).fma(load(lanes, REST2), s0).intoArray(lanes, 0);
    load(lanes, REST + LANES).fma(load(lanes, REST2 + LANES), s1).intoArray(lanes, LANES);
  }

  private static void dot4(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes, int lane) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < n; i += Lanes.COUNT) {
      s0 = load(x, xOffset + i).fma(load(y, yOffset + i), s0);
      s1 = load(x, xOffset + i + LANES).fma(load(y, yOffset + i + LANES), s1);
      s2 = load(x, xOffset + i + 2 * LANES).fma(load(y, yOffset + i + 2 * LANES), s2);
      s3 = load(x, xOffset + i + 3 * LANES).fma(load(y, yOffset + i + 3 * LANES), s3);
    }
    load(lanes, REST + lane).fma(load(lanes, REST2 + lane), s0).intoArray(lanes, lane);
    load(lanes, REST + lane + LANES)
        .fma(load(lanes, REST2 + lane + LANES), s1)
        .intoArray(lanes, lane + LANES);
    load(lanes, REST + lane + 2 * LANES)
        .fma(load(lanes, REST2 + lane + 2 * LANES), s2)
        .intoArray(lanes, lane + 2 * LANES);
    load(lanes, REST + lane + 3 * LANES)
        .fma(load(lanes, REST2 + lane + 3 * LANES), s3)
        .intoArray(lanes, lane + 3 * LANES);
  }

  /**
   * Returns the largest of n elements, NaN if one is, −∞ if there is none; no order of comparisons
   * changes it, so it is taken in whatever is fastest: the last vectors overlap those before them.
   */
  public static float max(int n, float[] x, int xOffset) {
    if (n < LANES) {
      return fewMax(n, x, xOffset, ALL);
    }
    int last = xOffset + n - LANES;
    FloatVector m0 = load(x, last);
    FloatVector m1 = load(x, Math.max(xOffset, last - LANES));
    FloatVector m2 = load(x, Math.max(xOffset, last - 2 * LANES));
    FloatVector m3 = load(x, Math.max(xOffset, last - 3 * LANES));
    // A maximum that knows NaN and -0 is six instructions, each waiting for the one before.
    for (int at = xOffset; at < last - 3 * LANES; at += 4 * LANES) {
      m0 = m0.max(load(x, at));
      m1 = m1.max(load(x, at + LANES));
      m2 = m2.max(load(x, at + 2 * LANES));
      m3 = m3.max(load(x, at + 3 * LANES));
    }
    return m0.max(m1).max(m2.max(m3)).reduceLanes(MAX);
  }

  /** As {@link #max}, of absolute values. */
  public static float absoluteMax(int n, float[] x, int xOffset) {
    if (n < LANES) {
      return fewMax(n, x, xOffset, ABSOLUTE);
    }
    int last = xOffset + n - LANES;
    FloatVector m0 = load(x, last).abs();
    FloatVector m1 = load(x, Math.max(xOffset, last - LANES)).abs();
    FloatVector m2 = load(x, Math.max(xOffset, last - 2 * LANES)).abs();
    FloatVector m3 = load(x, Math.max(xOffset, last - 3 * LANES)).abs();
    for (int at = xOffset; at < last - 3 * LANES; at += 4 * LANES) {
      m0 = m0.max(load(x, at).abs());
      m1 = m1.max(load(x, at + LANES).abs());
      m2 = m2.max(load(x, at + 2 * LANES).abs());
      m3 = m3.max(load(x, at + 3 * LANES).abs());
    }
    return m0.max(m1).max(m2.max(m3)).reduceLanes(MAX);
  }

  private static float fewMax(int n, float[] x, int xOffset, int bits) {
    float max = Float.NEGATIVE_INFINITY;
    for (int at = xOffset; at < xOffset + n; at++) {
      max = Math.max(max, element(x, at, bits));
    }
    return max;
  }

  /**
   * Returns the place of the largest of n elements, at least 1: the first of equal ones, and the
   * first NaN before all others.
   */
  public static int firstMax(int n, float[] x, int xOffset, float max) {
    return first(n, x, xOffset, max, ALL);
  }

  /** As {@link #firstMax}, of absolute values. */
  public static int firstAbsoluteMax(int n, float[] x, int xOffset, float max) {
    return first(n, x, xOffset, max, ABSOLUTE);
  }

  /** What is not at most the number below the maximum, or not at most ∞ where that is a NaN. */
  private static int first(int n, float[] x, int xOffset, float max, int bits) {
    float below = Float.isNaN(max) ? Float.POSITIVE_INFINITY : Math.nextDown(max);
    int i = 0;
    for (; i < VectorWidth.wholeVectors(n); i += LANES) {
      VectorMask<Float> hit = load(x, xOffset + i, bits).compare(LE, below).not();
      if (hit.anyTrue()) {
        return i + hit.firstTrue();
      }
    }
    for (; i < n; i++) {
      if (!(element(x, xOffset + i, bits) <= below)) {
        return i;
      }
    }
    return 0; // all are −∞
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(S, x, at);
  }

  private static FloatVector load(float[] x, int at, int bits) {
    return load(x, at).reinterpretAsInts().and(bits).reinterpretAsFloats();
  }

  private static float element(float[] x, int at, int bits) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(x[at]) & bits);
  }
}
