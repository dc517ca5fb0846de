package dev.lanewise.kernel.reduce;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.SimdPointwise;
import dev.lanewise.kernel.reduce.ReduceCall.Loop;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The SIMD twin of {@link Blas}, which divides large calls among a team. Thread-safe. */
public final class SimdBlas extends CheckedBlas {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdBlas(Team team) {
    super(new SimdPointwise(team), new SimdReduce(team), team);
  }

  @Override
  Loop gemv() {
    return SimdGemv::rowDots;
  }

  @Override
  Loop gemvTransposed() {
    return SimdGemv::columnChains;
  }

  @Override
  Loop ger() {
    return SimdBlas::addOuter;
  }

  private static void addOuter(ReduceCall c, int from, int to, Scratch scratch) {
    int whole = VectorWidth.wholeVectors(c.n);
    int left = c.n - whole;
    float[] yRest = scratch.floats(0, LANES);
    float[] aRest = scratch.floats(1, LANES);
    if (left > 0) {
      System.arraycopy(c.y, c.yo + whole, yRest, 0, left);
    }
    for (int i = from; i < to; i++) {
      float factor = c.alpha * c.x[c.xo + i];
      int row = c.ao + i * c.lda;
      addMultiple(whole, factor, c.y, c.yo, c.a, row);
      if (left > 0) {
        System.arraycopy(c.a, row + whole, aRest, 0, left);
        addMultiple(LANES, factor, yRest, 0, aRest, 0);
        System.arraycopy(aRest, 0, c.a, row + whole, left);
      }
    }
  }

  /** y = fma(factor, x, y), for whole vectors. */
  static void addMultiple(int n, float factor, float[] x, int xo, float[] y, int yo) {
    FloatVector factors = FloatVector.broadcast(S, factor);
    for (int i = 0; i < n; i += LANES) {
      FloatVector sum = FloatVector.fromArray(S, y, yo + i);
      FloatVector.fromArray(S, x, xo + i).fma(factors, sum).intoArray(y, yo + i);
    }
  }
}
