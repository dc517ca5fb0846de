package dev.lanewise.kernel.pointwise;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.math.CounterRandom;
import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Dropout with the Vector API: {@link CounterRandom#bits} in every lane. */
public final class SimdDropout implements Dropout {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final float[] NONE = {};

  private final Team team;
  private final Recycler<Job> jobs = new Recycler<>(Job::new);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdDropout(Team team) {
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
  public void apply(
      int n,
      double rate,
      long key,
      int firstIndex,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    DropoutArguments.check(n, rate, firstIndex, x, xOffset, y, yOffset);
    if (rate == 0) {
      System.arraycopy(x, xOffset, y, yOffset, n);
      return;
    }
    if (rate == 1) { // the threshold is 2^32, which no int holds
      Arrays.fill(y, yOffset, yOffset + n, 0f);
      return;
    }
    int threshold = (int) DropoutArguments.threshold(rate);
    float scale = Dropout.scale(rate);
    if (RangeJob.alone(team, n)) {
      drop(n, threshold, scale, key, firstIndex, x, xOffset, y, yOffset);
      return;
    }
    Job job = jobs.take();
    job.threshold = threshold;
    job.scale = scale;
    job.key = key;
    job.firstIndex = firstIndex;
    job.x = x;
    job.xOffset = xOffset;
    job.y = y;
    job.yOffset = yOffset;
    job.run(team, n, RangeJob.ELEMENTS);
    jobs.give(job);
  }

  /**
   * One loop with the generator written out, and a scalar rest: together more than the 325
   * bytecodes up to which C2 inlines a hot method. Inlined into a chain of tile consumers the loop
   * would run out of C2's node budget, and its vectors would stay boxed.
   */
  private static void drop(
      int n,
      int threshold,
      float scale,
      long key,
      int firstIndex,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset) {
    // (first + lane) · multiplier + low, with the product of the lane hoisted out of the loop
    IntVector lanes = VectorWidth.iota().mul(CounterRandom.INDEX_MULTIPLIER);
    int low = (int) key;
    int high = (int) (key >>> 32);
    int whole = VectorWidth.wholeVectors(n);
    for (int i = 0; i < whole; i += LANES) {
      IntVector h = lanes.add((firstIndex + i) * CounterRandom.INDEX_MULTIPLIER + low);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
      h = h.mul(CounterRandom.MULTIPLIER_1);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15));
      h = h.mul(CounterRandom.MULTIPLIER_2);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15)).add(high);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 16));
      h = h.mul(CounterRandom.MULTIPLIER_1);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15));
      h = h.mul(CounterRandom.MULTIPLIER_2);
      h = h.lanewise(VectorOperators.XOR, h.lanewise(VectorOperators.LSHR, 15));
      select(h, threshold, FloatVector.fromArray(S, x, xOffset + i), scale)
          .intoArray(y, yOffset + i);
    }
    for (int i = whole; i < n; i++) {
      int h = (firstIndex + i) * CounterRandom.INDEX_MULTIPLIER + low;
      h = (h ^ h >>> 16) * CounterRandom.MULTIPLIER_1;
      h = (h ^ h >>> 15) * CounterRandom.MULTIPLIER_2;
      h = (h ^ h >>> 15) + high;
      h = (h ^ h >>> 16) * CounterRandom.MULTIPLIER_1;
      h = (h ^ h >>> 15) * CounterRandom.MULTIPLIER_2;
      h = h ^ h >>> 15;
      boolean kept = Integer.compareUnsigned(h, threshold) >= 0;
      y[yOffset + i] = kept ? x[xOffset + i] * scale : 0f;
    }
  }

  private static FloatVector select(IntVector bits, int threshold, FloatVector x, float scale) {
    return x.mul(scale).blend(0f, bits.compare(VectorOperators.ULT, threshold).cast(S));
  }

  /** One call's arguments, for the team. */
  private static final class Job extends RangeJob {
    private int threshold;
    private float scale;
    private long key;
    private int firstIndex;
    private float[] x = NONE;
    private int xOffset;
    private float[] y = NONE;
    private int yOffset;

    @Override
    protected void range(int from, int to) {
      drop(
          to - from,
          threshold,
          scale,
          key,
          firstIndex + from,
          x,
          xOffset + from,
          y,
          yOffset + from);
    }

    @Override
    protected void clear() {
      x = NONE;
      y = NONE;
    }
  }
}
