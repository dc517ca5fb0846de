package dev.lanewise.kernel.support;

import static dev.lanewise.kernel.support.VectorWidth.LANES;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
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

  /** What is taken of an element: all its bits. */
  private static final int ALL = -1;

  /** What is taken of an element: its absolute value. */
  private static final int ABSOLUTE = Integer.MAX_VALUE;

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

  private static float blockSum(int n, float[] x, int xOffset, float[] lanes) {
    int whole = n & -Lanes.COUNT;
    fill(0f, lanes, 0, Lanes.COUNT);
    if (whole < n) {
      copyRest(n - whole, x, xOffset + whole, lanes, REST);
    }
    for (int part = firstPart(n); part < parts(n); part++) { // one call in the text, as above
      boolean rest = part == 1;
      addSums(rest ? Lanes.COUNT : whole, rest ? lanes : x, rest ? REST : xOffset, lanes);
    }
    return fold(lanes, 0, Math.min(n, Lanes.COUNT));
  }

  private static float blockDot(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes) {
    int whole = n & -Lanes.COUNT;
    fill(0f, lanes, 0, Lanes.COUNT);
    if (whole < n) {
      copyRest(n - whole, x, xOffset + whole, lanes, REST);
      fill(0f, lanes, REST2, Lanes.COUNT);
      System.arraycopy(y, yOffset + whole, lanes, REST2, n - whole);
    }
    for (int part = firstPart(n); part < parts(n); part++) { // one call in the text, as above
      boolean rest = part == 1;
      addProducts(
          rest ? Lanes.COUNT : whole,
          rest ? lanes : x,
          rest ? REST : xOffset,
          rest ? lanes : y,
          rest ? REST2 : yOffset,
          lanes);
    }
    return fold(lanes, 0, Lanes.COUNT);
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
   * Copies the rest of a block, n elements, and −0 behind them up to 32, so that a loop over whole
   * 32 elements may run there.
   */
  public static void copyRest(int n, float[] x, int xOffset, float[] to, int at) {
    fill(-0f, to, at, Lanes.COUNT);
    System.arraycopy(x, xOffset, to, at, n);
  }

  /** Sets n floats, whole vectors. */
  public static void fill(float value, float[] to, int at, int n) {
    FloatVector v = FloatVector.broadcast(S, value);
    for (int l = at; l < at + n; l += LANES) {
      v.intoArray(to, l);
    }
  }

  /**
   * Folds 32 lanes to their sum, by vectors as long as half of what is left fills them.
   *
   * @param lanes holds them; they are used up
   * @param at where they begin
   * @param used how many may be other than +0, if none is −0: adding the others changes nothing
   */
  public static float fold(float[] lanes, int at, int used) {
    int half = used > 1 ? Integer.highestOneBit(used - 1) : 0;
    for (; half >= LANES; half /= 2) {
      for (int l = at; l < at + half; l += LANES) {
        load(lanes, l).add(load(lanes, l + half)).intoArray(lanes, l);
      }
    }
    for (; half > 0; half /= 2) {
      for (int l = at; l < at + half; l++) {
        lanes[l] += lanes[l + half];
      }
    }
    return lanes[at];
  }

  /** Adds whole 32 elements to the lanes. */
  private static void addSums(int n, float[] x, int xOffset, float[] lanes) {
    if (TWO) {
      sum2(n, x, xOffset, lanes);
    } else {
      for (int lane = 0; lane < Lanes.COUNT; lane += 4 * LANES) {
        sum4(n, x, xOffset, lanes, lane);
      }
    }
  }

  private static void sum2(int n, float[] x, int xOffset, float[] lanes) {
    FloatVector s0 = FloatVector.fromArray(S, lanes, 0);
    FloatVector s1 = FloatVector.fromArray(S, lanes, LANES);
    for (int at = xOffset; at < xOffset + n; at += Lanes.COUNT) {
      s0 = s0.add(load(x, at));
      s1 = s1.add(load(x, at + LANES));
    }
    s0.intoArray(lanes, 0);
    s1.intoArray(lanes, LANES);
  }

  private static void sum4(int n, float[] x, int xOffset, float[] lanes, int lane) {
    FloatVector s0 = FloatVector.fromArray(S, lanes, lane);
    FloatVector s1 = FloatVector.fromArray(S, lanes, lane + LANES);
    FloatVector s2 = FloatVector.fromArray(S, lanes, lane + 2 * LANES);
    FloatVector s3 = FloatVector.fromArray(S, lanes, lane + 3 * LANES);
    for (int at = xOffset + lane; at < xOffset + n; at += Lanes.COUNT) {
      s0 = s0.add(load(x, at));
      s1 = s1.add(load(x, at + LANES));
      s2 = s2.add(load(x, at + 2 * LANES));
      s3 = s3.add(load(x, at + 3 * LANES));
    }
    s0.intoArray(lanes, lane);
    s1.intoArray(lanes, lane + LANES);
    s2.intoArray(lanes, lane + 2 * LANES);
    s3.intoArray(lanes, lane + 3 * LANES);
  }

  /** Adds the products of whole 32 elements to the lanes. */
  private static void addProducts(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes) {
    if (TWO) {
      dot2(n, x, xOffset, y, yOffset, lanes);
    } else {
      for (int lane = 0; lane < Lanes.COUNT; lane += 4 * LANES) {
        dot4(n - lane, x, xOffset + lane, y, yOffset + lane, lanes, lane);
      }
    }
  }

  private static void dot2(int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes) {
    FloatVector s0 = FloatVector.fromArray(S, lanes, 0);
    FloatVector s1 = FloatVector.fromArray(S, lanes, LANES);
    for (int i = 0; i < n; i += Lanes.COUNT) {
      s0 = load(x, xOffset + i).fma(load(y, yOffset + i), s0);
      s1 = load(x, xOffset + i + LANES).fma(load(y, yOffset + i + LANES), s1);
    }
    s0.intoArray(lanes, 0);
    s1.intoArray(lanes, LANES);
  }

  private static void dot4(
      int n, float[] x, int xOffset, float[] y, int yOffset, float[] lanes, int lane) {
    FloatVector s0 = FloatVector.fromArray(S, lanes, lane);
    FloatVector s1 = FloatVector.fromArray(S, lanes, lane + LANES);
    FloatVector s2 = FloatVector.fromArray(S, lanes, lane + 2 * LANES);
    FloatVector s3 = FloatVector.fromArray(S, lanes, lane + 3 * LANES);
    for (int i = 0; i < n; i += Lanes.COUNT) {
      s0 = load(x, xOffset + i).fma(load(y, yOffset + i), s0);
      s1 = load(x, xOffset + i + LANES).fma(load(y, yOffset + i + LANES), s1);
      s2 = load(x, xOffset + i + 2 * LANES).fma(load(y, yOffset + i + 2 * LANES), s2);
      s3 = load(x, xOffset + i + 3 * LANES).fma(load(y, yOffset + i + 3 * LANES), s3);
    }
    s0.intoArray(lanes, lane);
    s1.intoArray(lanes, lane + LANES);
    s2.intoArray(lanes, lane + 2 * LANES);
    s3.intoArray(lanes, lane + 3 * LANES);
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
    for (int at = xOffset; at < last - LANES; at += 2 * LANES) {
      m0 = m0.max(load(x, at));
      m1 = m1.max(load(x, at + LANES));
    }
    return m0.max(m1).reduceLanes(MAX);
  }

  /** As {@link #max}, of absolute values. */
  public static float absoluteMax(int n, float[] x, int xOffset) {
    if (n < LANES) {
      return fewMax(n, x, xOffset, ABSOLUTE);
    }
    int last = xOffset + n - LANES;
    FloatVector m0 = load(x, last).abs();
    FloatVector m1 = load(x, Math.max(xOffset, last - LANES)).abs();
    for (int at = xOffset; at < last - LANES; at += 2 * LANES) {
      m0 = m0.max(load(x, at).abs());
      m1 = m1.max(load(x, at + LANES).abs());
    }
    return m0.max(m1).reduceLanes(MAX);
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
