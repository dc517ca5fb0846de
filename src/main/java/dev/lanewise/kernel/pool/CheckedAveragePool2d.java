package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks an average-pooling's arguments, and runs a twin's first implementation that fits. */
abstract class CheckedAveragePool2d extends AbstractKernel<PoolCall> implements AveragePool2d {
  /** A SIMD twin over a team, or a scalar twin without one. */
  CheckedAveragePool2d(List<PoolLoops> implementations, @Nullable Team team) {
    super(() -> new PoolCall(granule(team), implementations), team);
  }

  @Override
  public final void forward(Pool2dShape shape, float[] x, int xOffset, float[] y, int yOffset) {
    Check.given("shape", shape);
    Check.range("x", x, xOffset, shape.inElements());
    Check.range("y", y, yOffset, shape.outElements());
    Check.disjoint("y", y, yOffset, shape.outElements(), "x", x, xOffset, shape.inElements());
    PoolCall call = take().on(shape, x, xOffset, y, yOffset);
    run(call, call.forward(), 1, shape.inElements());
  }

  @Override
  public final void backward(
      Pool2dShape shape, float[] dy, int dyOffset, float[] dx, int dxOffset) {
    Check.given("shape", shape);
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("dx", dx, dxOffset, shape.inElements());
    Check.disjoint("dx", dx, dxOffset, shape.inElements(), "dy", dy, dyOffset, shape.outElements());
    PoolCall call = take().on(shape, dx, dxOffset, dy, dyOffset);
    run(call, call.backward(), 1, shape.inElements());
  }
}
