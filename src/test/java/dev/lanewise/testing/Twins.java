package dev.lanewise.testing;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.conv2d.SimdConv2d;
import dev.lanewise.kernel.loss.SimdLosses;
import dev.lanewise.kernel.loss.SimdSoftmax;
import dev.lanewise.kernel.matmul.SimdMatmul;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.SimdActivation;
import dev.lanewise.kernel.pointwise.SimdDropout;
import dev.lanewise.kernel.pointwise.SimdElementwise;
import dev.lanewise.kernel.pointwise.SimdNonlinear;
import dev.lanewise.kernel.pool.SimdAveragePool2d;
import dev.lanewise.kernel.pool.SimdMaxPool2d;
import dev.lanewise.kernel.reduce.SimdBlas;
import dev.lanewise.kernel.reduce.SimdReduce;
import dev.lanewise.kernel.update.SimdUpdate;

/** All SIMD twins, built by their constructors: without asking whether this VM should run them. */
public final class Twins {
  private Twins() {}

  /** The SIMD twins over a team. */
  public static Kernels simd(Team team) {
    return new Kernels(
        new SimdMatmul(team),
        new SimdConv2d(team),
        new SimdMaxPool2d(team),
        new SimdActivation(team),
        new SimdSoftmax(team),
        new SimdDropout(team),
        new SimdUpdate(team),
        new SimdReduce(team),
        new SimdElementwise(team),
        new SimdAveragePool2d(team),
        new SimdNonlinear(team),
        new SimdLosses(team),
        new SimdBlas(team));
  }
}
