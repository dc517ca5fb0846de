package dev.lanewise.kernel.conv2d.special;

import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.SimdSquare;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * A weight gradient behind a pooling, without the terms whose gradient the pooling makes +0: the
 * team divides the 32 lanes, each with its images.
 *
 * <p>Leaving such a term out changes no bit as long as it is ±0 (finite pixels) and meets no sum of
 * −0. A chain from +0 comes to −0 only where a sum that is not zero underflows; it cannot if every
 * product is a multiple of the smallest subnormal number. So each image's smallest pixel and
 * gradient are looked at first, and where they are too small the whole call is {@linkplain #run
 * refused}.
 */
public final class SimdPooledWeights implements Task {
  private static final float[] NONE = {};
  private static final int[] NO_TAPS = {};
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  private static final int L = VectorWidth.LANES;
  private static final int BLOCK = 4 * L;
  private static final int LANES = Lanes.COUNT;

  /** Sum of the exponents from which on products of two floats are multiples of 2^-149. */
  private static final int LEAST_EXPONENTS = -149 + 2 * 23;

  private final Part[] parts;
  private final Lanes sums = new Lanes();
  private float[] lanes = NONE;

  private float[] x = NONE;
  private int xOffset;
  private float[] dy = NONE;
  private int dyOffset;
  private int[] taps = NO_TAPS;
  private int tapsOffset;
  private int images;
  private int inRows;
  private int inCols;
  private int rows;
  private int cols;
  private int filters;
  private int running;
  private volatile boolean refused;

  /** Makes a job for a team of so many threads. */
  public SimdPooledWeights(int threads) {
    parts = new Part[threads];
    for (int i = 0; i < threads; i++) {
      parts[i] = new Part();
    }
  }

  /** Whether {@link #run} may be tried. */
  public static boolean fits(Conv2dShape s, Pool2dShape window) {
    return L == SimdPooledTaps.PIXELS
        && threeByThree(s)
        && window.pairs()
        && s.filters() % L == 0
        && window.outHeight() * window.outWidth() * s.filters() >= BLOCK
        && s.batch() > 0
        && s.batch() <= Lanes.BLOCK;
  }

  /** Whether there is one channel under a 3 × 3 kernel without stride, dilation and padding. */
  private static boolean threeByThree(Conv2dShape s) {
    return s.inChannels() == 1
        && s.kernelHeight() == 3
        && s.kernelWidth() == 3
        && s.strideHeight() == 1
        && s.strideWidth() == 1
        && s.dilationHeight() == 1
        && s.dilationWidth() == 1
        && s.padTop() == 0
        && s.padBottom() == 0
        && s.padLeft() == 0
        && s.padRight() == 0;
  }

  /**
   * Computes dw.
   *
   * @return false if pixels or gradients are such that terms must not be left out; dw is then not
   *     written
   */
  public boolean run(
      Team team,
      Conv2dShape s,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dw,
      int dwOffset) {
    this.x = x;
    this.xOffset = xOffset;
    this.dy = dy;
    this.dyOffset = dyOffset;
    this.taps = taps;
    this.tapsOffset = tapsOffset;
    images = s.batch();
    inRows = s.inHeight();
    inCols = s.inWidth();
    rows = s.outHeight() / 2;
    cols = s.outWidth() / 2;
    filters = s.filters();
    refused = false;
    sums.begin(9 * filters);
    lanes = sums.block(images);
    try {
      running = Math.min(team.members(), Math.min(LANES, images));
      team.run(running, this);
    } finally {
      this.x = NONE;
      this.dy = NONE;
      this.taps = NO_TAPS;
    }
    if (refused) {
      return false;
    }
    sums.total(dw, dwOffset);
    return true;
  }

  @Override
  public void run(int number, Scratch scratch) {
    int active = Math.min(LANES, images);
    int end = active * (number + 1) / running;
    for (int lane = active * number / running; lane < end; lane++) {
      for (int n = lane; n < images && !refused; n += LANES) {
        image(parts[number], n, lane * 9 * filters);
      }
    }
  }

  private void image(Part part, int n, int lane) {
    int elements = inRows * inCols;
    int gradients = rows * cols * filters;
    part.size(Math.max(BLOCK, elements), rows * cols, 9 * filters);
    System.arraycopy(x, xOffset + n * elements, part.image, 0, elements);
    int padded = Math.max(BLOCK, VectorWidth.wholeVectors(elements + L - 1));
    Arrays.fill(part.image, elements, padded, 0f);
    extremes(dy, dyOffset + n * gradients, gradients, part.bits);
    int exponents = Math.getExponent(smallest(part.bits));
    extremes(part.image, 0, padded, part.bits);
    exponents += Math.getExponent(smallest(part.bits));
    if (exponents < LEAST_EXPONENTS || !finite(part.bits)) {
      refused = true;
      return;
    }
    pixels(part.image, inCols, rows, cols, part.pixels);
    float[] sum = part.sum;
    Arrays.fill(sum, 0, 9 * filters, 0f);
    for (int f = 0; f < filters; f += L) {
      for (int row = 0; row < rows; row++) {
        int at = (n * rows + row) * cols * filters + f;
        SimdPooledTaps.row(
            cols,
            part.pixels,
            row * cols * SimdPooledTaps.PIXELS,
            dy,
            dyOffset + at,
            taps,
            tapsOffset + at,
            filters,
            part.chains);
        addRows(part.chains, sum, f, filters);
      }
    }
    addAll(sum, 9 * filters, lanes, lane);
  }

  /** Copies the 4 × 4 pixels under each window side by side. */
  private static void pixels(float[] image, int inCols, int rows, int cols, float[] to) {
    int at = 0;
    for (int row = 0; row < rows; row++) {
      int from = 2 * row * inCols;
      for (int col = 0; col < cols; col++, from += 2, at += SimdPooledTaps.PIXELS) {
        SimdSquare.copy(image, from, inCols, to, at);
      }
    }
  }

  /** The smallest magnitude but 0; infinite if there is none. NaNs are passed over. */
  private static float smallest(int[] extremes) {
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < L; i++) {
      least = Math.min(least, extremes[i]);
    }
    int bits = (least ^ Integer.MIN_VALUE) + 1;
    return bits == 0 ? Float.POSITIVE_INFINITY : Float.intBitsToFloat(bits);
  }

  private static boolean finite(int[] extremes) {
    int most = 0;
    for (int i = L; i < 2 * L; i++) {
      most = Math.max(most, extremes[i]);
    }
    return Float.isFinite(Float.intBitsToFloat(most));
  }

  /**
   * In each lane the least of bits(|a|) − 1 as unsigned numbers (so that 0 is the largest), sign
   * flipped, then the largest bits(|a|). Unrolled to hide latencies.
   *
   * @param n at least {@link #BLOCK}; the last block overlaps the one before it
   */
  private static void extremes(float[] a, int from, int n, int[] extremes) {
    IntVector least0 = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    IntVector most0 = IntVector.zero(INTS);
    IntVector least1 = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    IntVector most1 = IntVector.zero(INTS);
    IntVector least2 = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    IntVector most2 = IntVector.zero(INTS);
    IntVector least3 = IntVector.broadcast(INTS, Integer.MAX_VALUE);
    IntVector most3 = IntVector.zero(INTS);
    for (int i = 0; i < n; i += BLOCK) {
      int at = from + Math.min(i, n - BLOCK);
      IntVector v0 = FloatVector.fromArray(S, a, at).abs().reinterpretAsInts();
      least0 = least0.min(v0.sub(1).lanewise(VectorOperators.XOR, Integer.MIN_VALUE));
      most0 = most0.max(v0);
      IntVector v1 = FloatVector.fromArray(S, a, at + L).abs().reinterpretAsInts();
      least1 = least1.min(v1.sub(1).lanewise(VectorOperators.XOR, Integer.MIN_VALUE));
      most1 = most1.max(v1);
      IntVector v2 = FloatVector.fromArray(S, a, at + 2 * L).abs().reinterpretAsInts();
      least2 = least2.min(v2.sub(1).lanewise(VectorOperators.XOR, Integer.MIN_VALUE));
      most2 = most2.max(v2);
      IntVector v3 = FloatVector.fromArray(S, a, at + 3 * L).abs().reinterpretAsInts();
      least3 = least3.min(v3.sub(1).lanewise(VectorOperators.XOR, Integer.MIN_VALUE));
      most3 = most3.max(v3);
    }
    least0.min(least1).min(least2.min(least3)).intoArray(extremes, 0);
    most0.max(most1).max(most2.max(most3)).intoArray(extremes, L);
  }

  /**
   * Adds the upper rows' chains of nine taps, then the lower ones', to a vector of filters.
   * Unrolled for the reason {@link #extremes} is.
   */
  private static void addRows(float[] chains, float[] sum, int f, int filters) {
    FloatVector s0 = FloatVector.fromArray(S, sum, f);
    s0 = s0.add(FloatVector.fromArray(S, chains, 0)).add(FloatVector.fromArray(S, chains, 9 * L));
    s0.intoArray(sum, f);
    FloatVector s1 = FloatVector.fromArray(S, sum, f + filters);
    s1 = s1.add(FloatVector.fromArray(S, chains, L)).add(FloatVector.fromArray(S, chains, 10 * L));
    s1.intoArray(sum, f + filters);
    FloatVector s2 = FloatVector.fromArray(S, sum, f + 2 * filters);
    s2 =
        s2.add(FloatVector.fromArray(S, chains, 2 * L))
            .add(FloatVector.fromArray(S, chains, 11 * L));
    s2.intoArray(sum, f + 2 * filters);
    FloatVector s3 = FloatVector.fromArray(S, sum, f + 3 * filters);
    s3 =
        s3.add(FloatVector.fromArray(S, chains, 3 * L))
            .add(FloatVector.fromArray(S, chains, 12 * L));
    s3.intoArray(sum, f + 3 * filters);
    FloatVector s4 = FloatVector.fromArray(S, sum, f + 4 * filters);
    s4 =
        s4.add(FloatVector.fromArray(S, chains, 4 * L))
            .add(FloatVector.fromArray(S, chains, 13 * L));
    s4.intoArray(sum, f + 4 * filters);
    FloatVector s5 = FloatVector.fromArray(S, sum, f + 5 * filters);
    s5 =
        s5.add(FloatVector.fromArray(S, chains, 5 * L))
            .add(FloatVector.fromArray(S, chains, 14 * L));
    s5.intoArray(sum, f + 5 * filters);
    FloatVector s6 = FloatVector.fromArray(S, sum, f + 6 * filters);
    s6 =
        s6.add(FloatVector.fromArray(S, chains, 6 * L))
            .add(FloatVector.fromArray(S, chains, 15 * L));
    s6.intoArray(sum, f + 6 * filters);
    FloatVector s7 = FloatVector.fromArray(S, sum, f + 7 * filters);
    s7 =
        s7.add(FloatVector.fromArray(S, chains, 7 * L))
            .add(FloatVector.fromArray(S, chains, 16 * L));
    s7.intoArray(sum, f + 7 * filters);
    FloatVector s8 = FloatVector.fromArray(S, sum, f + 8 * filters);
    s8 =
        s8.add(FloatVector.fromArray(S, chains, 8 * L))
            .add(FloatVector.fromArray(S, chains, 17 * L));
    s8.intoArray(sum, f + 8 * filters);
  }

  private static void addAll(float[] from, int n, float[] to, int at) {
    for (int i = 0; i < n; i += L) {
      FloatVector.fromArray(S, to, at + i)
          .add(FloatVector.fromArray(S, from, i))
          .intoArray(to, at + i);
    }
  }

  /** One worker's scratch memory. */
  private static final class Part {
    private final int[] bits = new int[2 * L];
    private final float[] chains = new float[SimdPooledTaps.SUMS * L];
    private float[] image = new float[0];
    private float[] pixels = new float[0];
    private float[] sum = new float[0];

    void size(int elements, int windows, int weights) {
      if (image.length < elements + BLOCK) {
        image = new float[elements + BLOCK];
      }
      if (pixels.length < windows * SimdPooledTaps.PIXELS + BLOCK) {
        pixels = new float[windows * SimdPooledTaps.PIXELS + BLOCK];
      }
      if (sum.length < weights) {
        sum = new float[weights];
      }
    }
  }
}
