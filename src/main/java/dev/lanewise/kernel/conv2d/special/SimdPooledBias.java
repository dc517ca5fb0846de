package dev.lanewise.kernel.conv2d.special;

import static jdk.incubator.vector.VectorOperators.LSHR;

import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A bias gradient behind 2 × 2 max-pooling, without the gradients of +0 that the pooling would
 * spread: each window has one, in its upper or its lower row. A sum that begins with +0 is never
 * −0, so adding +0 would change nothing.
 *
 * <p>With 64 images of 26 × 26 pixels and 32 filters, on one thread, it takes 0.05 ms; the gradient
 * that is spread takes 0.15 ms to make and 0.11 ms to sum.
 */
public final class SimdPooledBias {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> INTS = VectorWidth.INTS;
  private static final int L = VectorWidth.LANES;

  private SimdPooledBias() {}

  /**
   * Whether {@link #run} can do it.
   *
   * @param dy the gradient
   * @return true for one behind 2 × 2 windows over whole vectors of filters
   */
  public static boolean fits(TileSource dy) {
    return PooledCall.fits(dy, L);
  }

  /**
   * Computes db.
   *
   * @param c has the pooled gradient
   * @param team divides the lanes
   * @param db takes the gradient with respect to the bias
   * @param at where it begins
   */
  public static void run(PooledCall c, Team team, float[] db, int at) {
    c.sum(team, c.filters, SimdPooledBias::image, db, at);
  }

  /** Row by row, since an image may be larger than a first-level cache. */
  private static void image(PooledCall c, int n, int lane, Scratch scratch) {
    float[] sum = scratch.floats(0, c.filters);
    Arrays.fill(sum, 0, c.filters, 0f);
    for (int row = 0; row < c.rows; row++) {
      int at = (n * c.rows + row) * c.cols * c.filters;
      for (int f = 0; f < c.filters; f += L) {
        addRow(c.dy, c.dyAt + at + f, c.argmax, c.argmaxAt + at + f, c.cols, c.filters, sum, f);
      }
    }
    for (int f = 0; f < c.filters; f += L) {
      load(c.lanes, lane + f).add(load(sum, f)).intoArray(c.lanes, lane + f);
    }
  }

  /**
   * Adds the upper gradients of a row of windows, then the lower ones.
   *
   * <p>Which is which is told by arithmetic on bits: masks of a comparison stayed objects to C2 in
   * two trainings of five.
   */
  private static void addRow(
      float[] dy, int at, int[] argmax, int argmaxAt, int cols, int pitch, float[] sum, int f) {
    FloatVector upper = FloatVector.zero(S);
    FloatVector lower = upper;
    for (int col = 0; col < cols; col++) {
      IntVector g = load(dy, at + col * pitch).reinterpretAsInts();
      IntVector winner = IntVector.fromArray(INTS, argmax, argmaxAt + col * pitch);
      IntVector low = g.and(winner.lanewise(LSHR, 1).neg()); // winners 2 and 3: all bits, else none
      upper = upper.add(g.sub(low).reinterpretAsFloats());
      lower = lower.add(low.reinterpretAsFloats());
    }
    load(sum, f).add(upper).add(lower).intoArray(sum, f);
  }

  private static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(S, from, at);
  }
}
