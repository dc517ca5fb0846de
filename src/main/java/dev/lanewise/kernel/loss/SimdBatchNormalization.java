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
    super(new SimdReduce(team), team);
  }

  private static FloatVector inverse(Strip s) {
    FloatVector root = load(s.variance, s.column).add(s.epsilon).sqrt();
    return FloatVector.broadcast(S, 1f).div(root);
  }

  @Override
  void squares(Strip s) {
    FloatVector mean = load(s.mean, s.column);
    for (int i = 0; i < s.rows; i++) {
      FloatVector d = load(s.x.array, s.x.row(i)).sub(mean);
      d.mul(d).intoArray(s.out.array, s.out.row(i));
    }
  }

  @Override
  void normalize(Strip s) {
    FloatVector mean = load(s.mean, s.column);
    FloatVector scale = load(s.gamma, s.column).mul(inverse(s));
    FloatVector beta = load(s.beta, s.column);
    for (int i = 0; i < s.rows; i++) {
      FloatVector d = load(s.x.array, s.x.row(i)).sub(mean);
      d.fma(scale, beta).intoArray(s.out.array, s.out.row(i));
    }
  }

  @Override
  void products(Strip s) {
    FloatVector mean = load(s.mean, s.column);
    FloatVector inverse = inverse(s);
    for (int i = 0; i < s.rows; i++) {
      FloatVector h = load(s.x.array, s.x.row(i)).sub(mean).mul(inverse);
      load(s.dy.array, s.dy.row(i)).mul(h).intoArray(s.out.array, s.out.row(i));
    }
  }

  @Override
  void inputGradient(Strip s) {
    FloatVector mean = load(s.mean, s.column);
    FloatVector inverse = inverse(s);
    FloatVector scale = load(s.gamma, s.column).mul(inverse);
    FloatVector slope = load(s.dgamma, s.column).div(s.n);
    FloatVector shift = load(s.dbeta, s.column).div(s.n);
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
