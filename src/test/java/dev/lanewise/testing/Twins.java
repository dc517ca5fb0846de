package dev.lanewise.testing;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.conv2d.SimdConv2d;
import dev.lanewise.kernel.loss.SimdLosses;
import dev.lanewise.kernel.loss.SimdSoftmax;
import dev.lanewise.kernel.matmul.SimdMatmul;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.SimdPointwise;
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
    SimdPointwise pointwise = new SimdPointwise(team);
    return new Kernels(
        new SimdMatmul(team),
        new SimdConv2d(team),
        new SimdMaxPool2d(team),
        pointwise,
        new SimdSoftmax(team),
        pointwise,
        new SimdUpdate(team),
        new SimdReduce(team),
        pointwise,
        new SimdAveragePool2d(team),
        pointwise,
        new SimdLosses(team),
        new SimdBlas(team));
  }
}
