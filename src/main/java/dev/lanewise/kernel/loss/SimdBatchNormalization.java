package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.reduce.SimdReduce;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The SIMD twin of batch normalization: a team shares the rows. Thread-safe. */
public final class SimdBatchNormalization extends CheckedBatchNormalization {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;

  /**
   * Builds the SIMD twin without asking whether this machine should use it: the factory of the
   * kernels asks.
   *
   * @param team shares the work; results do not depend on its size
   * @throws IllegalStateException if the vector width that was asked for cannot be had
   */
  public SimdBatchNormalization(Team team) {
    super(SimdBatchNormalization::loop, new SimdReduce(team), team);
  }

  private static Pass loop(Step step) {
    return switch (step) {
      case SQUARES -> SimdBatchNormalization::squares;
      case NORMALIZE -> SimdBatchNormalization::normalize;
      case PRODUCTS -> SimdBatchNormalization::products;
      case INPUT_GRADIENT -> SimdBatchNormalization::inputGradient;
    };
  }

  private static void squares(Strip s) {
    FloatVector mean = load(s.means, s.column);
    for (int i = 0; i < s.rows; i++) {
      FloatVector d = load(s.x.array, s.x.row(i)).sub(mean);
      d.mul(d).intoArray(s.out.array, s.out.row(i));
    }
  }

  private static void normalize(Strip s) {
    FloatVector mean = load(s.means, s.column);
    FloatVector scale = load(s.scales, s.column);
    FloatVector shift = load(s.shifts, s.column);
    for (int i = 0; i < s.rows; i++) {
      FloatVector d = load(s.x.array, s.x.row(i)).sub(mean);
      d.fma(scale, shift).intoArray(s.out.array, s.out.row(i));
    }
  }

  private static void products(Strip s) {
    FloatVector mean = load(s.means, s.column);
    FloatVector inverse = load(s.inverses, s.column);
    for (int i = 0; i < s.rows; i++) {
      FloatVector h = load(s.x.array, s.x.row(i)).sub(mean).mul(inverse);
      load(s.dy.array, s.dy.row(i)).mul(h).intoArray(s.out.array, s.out.row(i));
    }
  }

  private static void inputGradient(Strip s) {
    FloatVector mean = load(s.means, s.column);
    FloatVector inverse = load(s.inverses, s.column);
    FloatVector scale = load(s.scales, s.column);
    FloatVector slope = load(s.slopes, s.column);
    FloatVector shift = load(s.shifts, s.column);
    for (int i = 0; i < s.rows; i++) {
      FloatVector h = load(s.x.array, s.x.row(i)).sub(mean).mul(inverse);
      FloatVector common = h.fma(slope, shift);
      load(s.dy.array, s.dy.row(i)).sub(common).mul(scale).intoArray(s.out.array, s.out.row(i));
    }
  }

  private static FloatVector load(float[] array, int at) {
    return FloatVector.fromArray(S, array, at);
  }
}
