package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.math.Fma;
import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Element by element operations with the Vector API. */
public final class SimdElementwise implements Elementwise {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final float[] NONE = {};
  private static final int[] NO_LABELS = {};
  private static final byte[] NO_BYTES = {};

  /**
   * The bytes that are loaded at once: one for each lane, or eight where there are fewer lanes, of
   * which the first are used (no vector is shorter).
   */
  private static final VectorSpecies<Byte> BYTES =
      LANES == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private final Team team;
  private final Recycler<Job> jobs = new Recycler<>(Job::new);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdElementwise(Team team) {
    VectorWidth.require();
    this.team = team;
  }

  @Override
  public int vectorBits() {
    return VectorWidth.BITS;
  }

  @Override
  public int threads() {
    return team.size();
  }

  @Override
  public void scale(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    ElementwiseArguments.pair(n, x, xOffset, y, yOffset);
    if (RangeJob.alone(team, n)) {
      multiply(n, alpha, x, xOffset, y, yOffset);
      return;
    }
    Job job = jobs.take();
    job.operation = Operation.SCALE;
    job.alpha = alpha;
    job.a = x;
    job.aOffset = xOffset;
    job.out = y;
    job.outOffset = yOffset;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  @Override
  public void add(int n, float[] a, int aOffset, float[] b, int bOffset, float[] c, int cOffset) {
    ElementwiseArguments.add(n, a, aOffset, b, bOffset, c, cOffset);
    if (RangeJob.alone(team, n)) {
      sum(n, a, aOffset, b, bOffset, c, cOffset);
      return;
    }
    Job job = jobs.take();
    job.operation = Operation.ADD;
    job.a = a;
    job.aOffset = aOffset;
    job.b = b;
    job.bOffset = bOffset;
    job.out = c;
    job.outOffset = cOffset;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  @Override
  public void axpy(int n, float alpha, float[] x, int xOffset, float[] y, int yOffset) {
    ElementwiseArguments.pair(n, x, xOffset, y, yOffset);
    if (RangeJob.alone(team, n)) {
      multiplyAdd(n, alpha, x, xOffset, y, yOffset);
      return;
    }
    Job job = jobs.take();
    job.operation = Operation.AXPY;
    job.alpha = alpha;
    job.a = x;
    job.aOffset = xOffset;
    job.out = y;
    job.outOffset = yOffset;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  @Override
  public void clip(int n, float low, float high, float[] x, int xOffset, float[] y, int yOffset) {
    ElementwiseArguments.clip(n, low, high, x, xOffset, y, yOffset);
    if (RangeJob.alone(team, n)) {
      cut(n, low, high, x, xOffset, y, yOffset);
      return;
    }
    Job job = jobs.take();
    job.operation = Operation.CLIP;
    job.alpha = low;
    job.high = high;
    job.a = x;
    job.aOffset = xOffset;
    job.out = y;
    job.outOffset = yOffset;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  @Override
  public void oneHot(int n, int classes, int[] labels, int labelsOffset, float[] y, int yOffset) {
    ElementwiseArguments.oneHot(n, classes, labels, labelsOffset, y, yOffset);
    if (RangeJob.alone(team, (long) n * classes)) {
      mark(n, classes, labels, labelsOffset, y, yOffset);
      return;
    }
    Job job = jobs.take();
    job.operation = Operation.ONE_HOT;
    job.classes = classes;
    job.labels = labels;
    job.aOffset = labelsOffset;
    job.out = y;
    job.outOffset = yOffset;
    job.run(team, n, 1);
    jobs.give(job);
  }

  @Override
  public void bytesToUnit(int n, byte[] x, int xOffset, float[] y, int yOffset) {
    ElementwiseArguments.bytesToUnit(n, x, xOffset, y, yOffset);
    if (RangeJob.alone(team, n)) {
      divide(n, x, xOffset, y, yOffset);
      return;
    }
    Job job = jobs.take();
    job.operation = Operation.BYTES_TO_UNIT;
    job.bytes = x;
    job.aOffset = xOffset;
    job.out = y;
    job.outOffset = yOffset;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  private static void multiply(int n, float alpha, float[] x, int xo, float[] y, int yo) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(S, x, xo + i).mul(alpha).intoArray(y, yo + i);
    }
    if (whole < n) {
      multiplyTail(n, alpha, x, xo, y, yo);
    }
  }

  private static void multiplyTail(int n, float alpha, float[] x, int xo, float[] y, int yo) {
    int whole = VectorWidth.wholeVectors(n);
    if (!VectorWidth.MASKED_TAILS) {
      for (int i = whole; i < n; i++) {
        y[yo + i] = x[xo + i] * alpha;
      }
      return;
    }
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector.fromArray(S, x, xo + whole, mask).mul(alpha).intoArray(y, yo + whole, mask);
  }

  private static void sum(int n, float[] a, int ao, float[] b, int bo, float[] c, int co) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(S, a, ao + i)
          .add(FloatVector.fromArray(S, b, bo + i))
          .intoArray(c, co + i);
    }
    if (whole < n) {
      sumTail(n, a, ao, b, bo, c, co);
    }
  }

  private static void sumTail(int n, float[] a, int ao, float[] b, int bo, float[] c, int co) {
    int whole = VectorWidth.wholeVectors(n);
    if (!VectorWidth.MASKED_TAILS) {
      for (int i = whole; i < n; i++) {
        c[co + i] = a[ao + i] + b[bo + i];
      }
      return;
    }
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector.fromArray(S, a, ao + whole, mask)
        .add(FloatVector.fromArray(S, b, bo + whole, mask))
        .intoArray(c, co + whole, mask);
  }

  private static void multiplyAdd(int n, float alpha, float[] x, int xo, float[] y, int yo) {
    FloatVector factor = FloatVector.broadcast(S, alpha);
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(S, x, xo + i)
          .fma(factor, FloatVector.fromArray(S, y, yo + i))
          .intoArray(y, yo + i);
    }
    if (whole < n) {
      multiplyAddTail(n, alpha, x, xo, y, yo);
    }
  }

  private static void multiplyAddTail(int n, float alpha, float[] x, int xo, float[] y, int yo) {
    int whole = VectorWidth.wholeVectors(n);
    if (!VectorWidth.MASKED_TAILS) {
      for (int i = whole; i < n; i++) {
        y[yo + i] = Fma.fma(x[xo + i], alpha, y[yo + i]);
      }
      return;
    }
    FloatVector factor = FloatVector.broadcast(S, alpha);
    VectorMask<Float> mask = S.indexInRange(whole, n);
    FloatVector.fromArray(S, x, xo + whole, mask)
        .fma(factor, FloatVector.fromArray(S, y, yo + whole, mask))
        .intoArray(y, yo + whole, mask);
  }

  private static void cut(int n, float low, float high, float[] x, int xo, float[] y, int yo) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(S, x, xo + i);
      v.blend(low, v.lt(low)).blend(high, v.compare(VectorOperators.GT, high)).intoArray(y, yo + i);
    }
    if (whole < n) {
      cutTail(n, low, high, x, xo, y, yo);
    }
  }

  private static void cutTail(int n, float low, float high, float[] x, int xo, float[] y, int yo) {
    int whole = VectorWidth.wholeVectors(n);
    for (int i = whole; i < n; i++) {
      float v = x[xo + i];
      y[yo + i] = v > high ? high : v < low ? low : v;
    }
  }

  private static void mark(int n, int classes, int[] labels, int lo, float[] y, int yo) {
    Arrays.fill(y, yo, yo + n * classes, 0f);
    for (int i = 0; i < n; i++) {
      y[yo + i * classes + labels[lo + i]] = 1f;
    }
  }

  private static void divide(int n, byte[] x, int xo, float[] y, int yo) {
    // C2 does not know the conversion to two lanes, and would box every vector.
    int last = LANES == 2 ? -1 : n - BYTES.length();
    int i = 0;
    for (; i <= last; i += LANES) {
      ByteVector.fromArray(BYTES, x, xo + i)
          .convertShape(VectorOperators.ZERO_EXTEND_B2I, VectorWidth.INTS, 0)
          .convert(VectorOperators.I2F, 0)
          .reinterpretAsFloats()
          .div(255f)
          .intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = (x[xo + i] & 255) / 255f;
    }
  }

  private enum Operation {
    SCALE,
    ADD,
    AXPY,
    CLIP,
    ONE_HOT,
    BYTES_TO_UNIT
  }

  /** One call's arguments, for the team. */
  private static final class Job extends RangeJob {
    private Operation operation = Operation.SCALE;
    private float alpha;
    private float high;
    private float[] a = NONE;
    private byte[] bytes = NO_BYTES;
    private int[] labels = NO_LABELS;
    private int classes;
    private int aOffset;
    private float[] b = NONE;
    private int bOffset;
    private float[] out = NONE;
    private int outOffset;

    @Override
    protected void range(int from, int to) {
      int n = to - from;
      int ao = aOffset + from;
      int oo = outOffset + from;
      switch (operation) {
        case SCALE -> multiply(n, alpha, a, ao, out, oo);
        case ADD -> sum(n, a, ao, b, bOffset + from, out, oo);
        case AXPY -> multiplyAdd(n, alpha, a, ao, out, oo);
        case CLIP -> cut(n, alpha, high, a, ao, out, oo);
        case ONE_HOT -> mark(n, classes, labels, ao, out, outOffset + from * classes);
        case BYTES_TO_UNIT -> divide(n, bytes, ao, out, oo);
      }
    }

    @Override
    protected void clear() {
      a = NONE;
      bytes = NO_BYTES;
      labels = NO_LABELS;
      b = NONE;
      out = NONE;
    }
  }
}
