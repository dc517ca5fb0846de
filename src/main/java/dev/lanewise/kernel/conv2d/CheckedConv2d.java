package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.AbstractKernel;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pool.MaxPool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.support.Check;

/** Checks a convolution's arguments, and runs what a twin has for it. */
abstract class CheckedConv2d extends AbstractKernel<ConvCall> implements Conv2d {
  private final MaxPool2d pool;

  /** A scalar twin. */
  CheckedConv2d(MaxPool2d pool) {
    super(() -> new ConvCall(ConvBlocks.USUAL));
    this.pool = pool;
  }

  /** A SIMD twin. */
  CheckedConv2d(MaxPool2d pool, Team team, ConvBlocks blocks) {
    super(() -> new ConvCall(blocks), team);
    this.pool = pool;
  }

  /** Computes y of x and w, and hands its tiles to the consumer. */
  abstract void forward(ConvCall c);

  /** Computes x of y and w. */
  abstract void backwardInput(ConvCall c);

  /** Computes w of x and y. */
  abstract void backwardWeights(ConvCall c);

  /** Computes b of y; there is no shape. */
  abstract void backwardBias(ConvCall c);

  /** Computes w of x and the pooled y. */
  void backwardWeightsPooled(ConvCall c) {
    unpool(c);
    backwardWeights(c);
  }

  /** Computes b of the pooled y; there is no shape. */
  void backwardBiasPooled(ConvCall c) {
    unpool(c);
    backwardBias(c);
  }

  private void unpool(ConvCall c) {
    float[] all = c.unpooled();
    pool.backward(c.window, c.y, c.yAt, c.taps, c.tapsAt, all, 0);
    c.y(all, 0);
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
  public final void backwardWeightsPooled(
      Conv2dShape shape,
      Pool2dShape window,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dw,
      int dwOffset) {
    Check.given("shape", shape);
    Check.given("window", window);
    if (window.batch() != shape.batch()
        || window.inHeight() != shape.outHeight()
        || window.inWidth() != shape.outWidth()
        || window.channels() != shape.filters()) {
      throw new IllegalArgumentException(
          "window is " + window + ", but must pool what the convolution " + shape + " puts out");
    }
    int size = shape.weightElements();
    Check.range("x", x, xOffset, shape.inElements());
    checkPooled(window, dy, dyOffset, taps, tapsOffset);
    Check.range("dw", dw, dwOffset, size);
    Check.disjoint("dw", dw, dwOffset, size, "x", x, xOffset, shape.inElements());
    Check.disjoint("dw", dw, dwOffset, size, "dy", dy, dyOffset, window.outElements());
    ConvCall c = take().shape(shape).x(x, xOffset).w(dw, dwOffset).y(dy, dyOffset);
    backwardWeightsPooled(c.pooled(window, taps, tapsOffset));
    give(c);
  }

  @Override
  public final void backwardBiasPooled(
      Pool2dShape window,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] db,
      int dbOffset) {
    checkPooled(window, dy, dyOffset, taps, tapsOffset);
    int size = window.channels();
    Check.range("db", db, dbOffset, size);
    Check.disjoint("db", db, dbOffset, size, "dy", dy, dyOffset, window.outElements());
    ConvCall c = take().sizes(window.batch(), window.inHeight(), window.inWidth(), size);
    backwardBiasPooled(c.y(dy, dyOffset).b(db, dbOffset).pooled(window, taps, tapsOffset));
    give(c);
  }

  private static void checkPooled(
      Pool2dShape window, float[] dy, int dyOffset, int[] taps, int tapsOffset) {
    Check.given("window", window);
    Check.range("dy", dy, dyOffset, window.outElements());
    Check.range("taps", taps, tapsOffset, window.outElements());
  }
}
