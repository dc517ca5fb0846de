package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks a max-pooling's arguments, and runs the first of a twin's implementations that fits. */
@SuppressWarnings("exports") // @Nullable: see module-info
abstract class CheckedMaxPool2d extends AbstractKernel<PoolCall> implements MaxPool2d {
  private static final float[] NONE = {};

  /** A SIMD twin over a team, or a scalar twin without one. */
  CheckedMaxPool2d(List<PoolLoops> implementations, @Nullable Team team) {
    super(() -> new PoolCall(granule(team), implementations), team);
  }

  @Override
  public final void forward(
      Pool2dShape shape,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int @Nullable [] argmax,
      int argmaxOffset) {
    Check.given("shape", shape);
    Check.range("x", x, xOffset, shape.inElements());
    checkOutput(shape, y, yOffset, argmax, argmaxOffset);
    Check.disjoint("y", y, yOffset, shape.outElements(), "x", x, xOffset, shape.inElements());
    PoolCall call = take().on(shape, x, xOffset, y, yOffset).argmax(argmax, argmaxOffset);
    run(call, call.forward(), 1, shape.inElements());
  }

  @Override
  public final void backward(
      Pool2dShape shape,
      float[] dy,
      int dyOffset,
      int[] argmax,
      int argmaxOffset,
      float[] dx,
      int dxOffset) {
    Check.given("shape", shape);
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("argmax", argmax, argmaxOffset, shape.outElements());
    Check.range("dx", dx, dxOffset, shape.inElements());
    Check.disjoint("dx", dx, dxOffset, shape.inElements(), "dy", dy, dyOffset, shape.outElements());
    PoolCall call = take().on(shape, dx, dxOffset, dy, dyOffset).argmax(argmax, argmaxOffset);
    run(call, call.backward(), 1, shape.inElements());
  }

  @Override
  public final TileConsumer tiles(
      Pool2dShape shape,
      float[] y,
      int yOffset,
      int @Nullable [] argmax,
      int argmaxOffset,
      @Nullable TileConsumer next) {
    Check.given("shape", shape);
    if (!shape.tileable()) {
      throw new IllegalArgumentException(
          ("shape is %s, but tiles can only be pooled without padding and with windows no higher"
                  + " than their stride")
              .formatted(shape));
    }
    checkOutput(shape, y, yOffset, argmax, argmaxOffset);
    if (next != null && next.rowMultiple() != 1) {
      throw new IllegalArgumentException(
          "next has a row multiple of " + next.rowMultiple() + ", but must take any rows (1)");
    }
    PoolCall whole = take().on(shape, NONE, 0, y, yOffset).argmax(argmax, argmaxOffset);
    return new MaxPoolTiles(whole, next, null, this::take, this::give);
  }

  private static void checkOutput(
      Pool2dShape shape, float[] y, int yOffset, int @Nullable [] argmax, int argmaxOffset) {
    Check.range("y", y, yOffset, shape.outElements());
    if (argmax != null) {
      Check.range("argmax", argmax, argmaxOffset, shape.outElements());
    }
  }
}
