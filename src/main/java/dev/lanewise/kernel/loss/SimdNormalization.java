package dev.lanewise.kernel.loss;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The SIMD twin of layer normalization: a team shares the rows. Thread-safe. */
public final class SimdNormalization extends CheckedNormalization {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  /**
   * Builds the SIMD twin without asking whether this machine should use it: the factory of the
   * kernels asks.
   *
   * @param team shares the work; results do not depend on its size
   * @throws IllegalStateException if the vector width that was asked for cannot be had
   */
  public SimdNormalization(Team team) {
    super(team);
  }

  @Override
  void mean(Row r) {
    r.setMean(SimdBlocks.sum(r.n, r.h, 0, r.lanes));
  }

  @Override
  void differences(Row r) {
    FloatVector mean = FloatVector.broadcast(S, r.mean());
    for (int j = 0; j < r.roundedUp; j += LANES) {
      load(r.h, j).sub(mean).intoArray(r.h, j);
    }
  }

  @Override
  void inverse(Row r) {
    r.setInverse(SimdBlocks.dot(r.n, r.h, 0, r.h, 0, r.lanes));
  }

  @Override
  void scaleAndShift(Row r) {
    FloatVector inverse = FloatVector.broadcast(S, r.inverse());
    for (int j = 0; j < r.roundedUp; j += LANES) {
      FloatVector h = load(r.h, j).mul(inverse);
      h.fma(load(r.gamma, j), load(r.beta, j)).intoArray(r.h, j);
    }
  }

  @Override
  void scaledGradient(Row r) {
    FloatVector mean = FloatVector.broadcast(S, r.mean());
    FloatVector inverse = FloatVector.broadcast(S, r.inverse());
    for (int j = 0; j < r.roundedUp; j += LANES) {
      FloatVector h = load(r.h, j).sub(mean).mul(inverse);
      FloatVector dy = load(r.dy, j);
      h.intoArray(r.h, j);
      dy.mul(load(r.gamma, j)).intoArray(r.g, j);
      dy.mul(h).intoArray(r.dy, j);
    }
  }

  @Override
  void meanOfG(Row r) {
    r.meanOfG = SimdBlocks.sum(r.n, r.g, 0, r.lanes) / r.n;
  }

  @Override
  void meanOfGh(Row r) {
    r.meanOfGh = SimdBlocks.dot(r.n, r.g, 0, r.h, 0, r.lanes) / r.n;
  }

  @Override
  void inputGradient(Row r) {
    FloatVector inverse = FloatVector.broadcast(S, r.inverse());
    FloatVector ofG = FloatVector.broadcast(S, r.meanOfG);
    FloatVector ofGh = FloatVector.broadcast(S, r.meanOfGh);
    for (int j = 0; j < r.roundedUp; j += LANES) {
      FloatVector common = load(r.h, j).fma(ofGh, ofG);
      load(r.g, j).sub(common).mul(inverse).intoArray(r.h, j);
    }
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(S, array, at);
  }
}
