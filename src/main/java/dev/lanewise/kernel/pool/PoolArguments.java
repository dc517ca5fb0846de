package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.support.Check;
import org.jspecify.annotations.Nullable;

/** The argument checks of both twins. */
final class PoolArguments {
  private PoolArguments() {}

  static void forward(
      Pool2dShape shape,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset) {
    Check.given("shape", shape);
    Check.range("x", x, xOffset, shape.inElements());
    output(shape, y, yOffset, taps, tapsOffset);
    Check.disjoint("y", y, yOffset, shape.outElements(), "x", x, xOffset, shape.inElements());
  }

  static void backward(
      Pool2dShape shape,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int dxOffset) {
    Check.given("shape", shape);
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("taps", taps, tapsOffset, shape.outElements());
    Check.range("dx", dx, dxOffset, shape.inElements());
    Check.disjoint("dx", dx, dxOffset, shape.inElements(), "dy", dy, dyOffset, shape.outElements());
  }

  static void backward(Pool2dShape shape, float[] dy, int dyOffset, float[] dx, int dxOffset) {
    Check.given("shape", shape);
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("dx", dx, dxOffset, shape.inElements());
    Check.disjoint("dx", dx, dxOffset, shape.inElements(), "dy", dy, dyOffset, shape.outElements());
  }

  static void tiles(
      Pool2dShape shape,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset,
      @Nullable TileConsumer next) {
    Check.given("shape", shape);
    if (!shape.tileable()) {
      throw new IllegalArgumentException(
          "shape is "
              + shape
              + ", but tiles can only be pooled without padding and with windows no higher than"
              + " their stride");
    }
    output(shape, y, yOffset, taps, tapsOffset);
    if (next != null && next.rowMultiple() != 1) {
      throw new IllegalArgumentException(
          "next has a row multiple of " + next.rowMultiple() + ", but must take any rows (1)");
    }
  }

  private static void output(
      Pool2dShape shape, float[] y, int yOffset, int @Nullable [] taps, int tapsOffset) {
    Check.range("y", y, yOffset, shape.outElements());
    if (taps != null) {
      Check.range("taps", taps, tapsOffset, shape.outElements());
    }
  }
}
