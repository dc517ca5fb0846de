package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Check;
import org.jspecify.annotations.Nullable;

/** Checks a convolution's arguments, and runs what a twin has for it. */
abstract class CheckedConv2d extends AbstractKernel<ConvCall> implements Conv2d {
  /** A SIMD twin over a team, or a scalar twin without one. */
  CheckedConv2d(@Nullable Team team, ConvBlocks blocks) {
    super(() -> new ConvCall(blocks), team);
  }

  /** Computes y of x and w, and hands its tiles to the consumer. */
  abstract void forward(ConvCall c);

  /** Computes x of y and w. */
  abstract void backwardInput(ConvCall c);

  /** Computes w of x and y. */
  abstract void backwardWeights(ConvCall c);

  /** Computes b of y. */
  abstract void backwardBias(ConvCall c);

  /** Computes w of x and y's source: has it make y, image by image. */
  void backwardWeights(ConvCall c, TileSource source) {
    fill(c, source);
    backwardWeights(c);
  }

  /** Computes b of y's source: has it make y, image by image. */
  void backwardBias(ConvCall c, TileSource source) {
    fill(c, source);
    backwardBias(c);
  }

  private void fill(ConvCall c, TileSource source) {
    c.y(c.room(), 0).source(source);
    divide(c.loop(ConvCall::fill), c.images, 1, c.shape.outElements());
  }

  @Override
  public final void forward(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
    checkForward(shape, x, xOffset, w, wOffset);
    checkOutput(shape, x, xOffset, w, wOffset, y, yOffset);
    ConvCall c = take().shape(shape).x(x, xOffset).w(w, wOffset).y(y, yOffset);
    forward(c);
    give(c);
  }

  @Override
  public final void forward(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float[] y,
      int yOffset,
      TileConsumer consumer) {
    checkForward(shape, x, xOffset, w, wOffset);
    checkOutput(shape, x, xOffset, w, wOffset, y, yOffset);
    Check.consumer(consumer);
    ConvCall c = take().shape(shape).x(x, xOffset).w(w, wOffset).y(y, yOffset);
    forward(c.consumer(consumer, false));
    give(c);
  }

  @Override
  public final void forwardTiles(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, TileConsumer consumer) {
    checkForward(shape, x, xOffset, w, wOffset);
    Check.consumer(consumer);
    ConvCall c = take().shape(shape).x(x, xOffset).w(w, wOffset);
    forward(c.consumer(consumer, true));
    give(c);
  }

  private static void checkForward(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset) {
    Check.given("shape", shape);
    Check.range("x", x, xOffset, shape.inElements());
    Check.range("w", w, wOffset, shape.weightElements());
  }

  private static void checkOutput(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
    int size = shape.outElements();
    Check.range("y", y, yOffset, size);
    Check.disjoint("y", y, yOffset, size, "x", x, xOffset, shape.inElements());
    Check.disjoint("y", y, yOffset, size, "w", w, wOffset, shape.weightElements());
  }

  @Override
  public final void backwardInput(
      Conv2dShape shape,
      float[] dy,
      int dyOffset,
      float[] w,
      int wOffset,
      float[] dx,
      int dxOffset) {
    Check.given("shape", shape);
    int size = shape.inElements();
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("w", w, wOffset, shape.weightElements());
    Check.range("dx", dx, dxOffset, size);
    Check.disjoint("dx", dx, dxOffset, size, "dy", dy, dyOffset, shape.outElements());
    Check.disjoint("dx", dx, dxOffset, size, "w", w, wOffset, shape.weightElements());
    ConvCall c = take().shape(shape).x(dx, dxOffset).w(w, wOffset).y(dy, dyOffset);
    backwardInput(c);
    give(c);
  }

  @Override
  public final void backwardWeights(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      float[] dw,
      int dwOffset) {
    Check.given("shape", shape);
    int size = shape.weightElements();
    Check.range("x", x, xOffset, shape.inElements());
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("dw", dw, dwOffset, size);
    Check.disjoint("dw", dw, dwOffset, size, "x", x, xOffset, shape.inElements());
    Check.disjoint("dw", dw, dwOffset, size, "dy", dy, dyOffset, shape.outElements());
    ConvCall c = take().shape(shape).x(x, xOffset).w(dw, dwOffset).y(dy, dyOffset);
    backwardWeights(c);
    give(c);
  }

  @Override
  public final void backwardBias(
      Conv2dShape shape, float[] dy, int dyOffset, float[] db, int dbOffset) {
    Check.given("shape", shape);
    Check.range("dy", dy, dyOffset, shape.outElements());
    Check.range("db", db, dbOffset, shape.filters());
    Check.disjoint("db", db, dbOffset, shape.filters(), "dy", dy, dyOffset, shape.outElements());
    ConvCall c = take().shape(shape).y(dy, dyOffset).b(db, dbOffset);
    backwardBias(c);
    give(c);
  }

  @Override
  public final void backwardWeights(
      Conv2dShape shape, float[] x, int xOffset, TileSource dy, float[] dw, int dwOffset) {
    checkSource(shape, dy);
    int size = shape.weightElements();
    Check.range("x", x, xOffset, shape.inElements());
    Check.range("dw", dw, dwOffset, size);
    Check.disjoint("dw", dw, dwOffset, size, "x", x, xOffset, shape.inElements());
    dy.checkApart("dw", dw, dwOffset, size);
    ConvCall c = take().shape(shape).x(x, xOffset).w(dw, dwOffset);
    backwardWeights(c, dy);
    give(c);
  }

  @Override
  public final void backwardBias(Conv2dShape shape, TileSource dy, float[] db, int dbOffset) {
    checkSource(shape, dy);
    Check.range("db", db, dbOffset, shape.filters());
    dy.checkApart("db", db, dbOffset, shape.filters());
    ConvCall c = take().shape(shape).b(db, dbOffset);
    backwardBias(c, dy);
    give(c);
  }

  private static void checkSource(Conv2dShape shape, TileSource dy) {
    Check.given("shape", shape);
    Check.given("dy", dy);
    int pixels = shape.outHeight() * shape.outWidth();
    if (dy.rows() != shape.batch() * pixels
        || dy.columns() != shape.filters()
        || pixels % dy.rowMultiple() != 0) {
      throw new IllegalArgumentException(
          ("dy makes %s rows of %s, %s at a time, but must make images of what the convolution %s"
                  + " puts out")
              .formatted(dy.rows(), dy.columns(), dy.rowMultiple(), shape));
    }
  }
}
