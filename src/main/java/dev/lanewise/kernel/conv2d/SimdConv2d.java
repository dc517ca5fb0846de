package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.kernel.pool.SimdMaxPool2d;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions with vectors across filters (backward-input: across input channels): matrix products
 * of packed pixels and packed weights. Thread-safe.
 */
public final class SimdConv2d implements Conv2d {
  /** Terms below which waking the team costs more than it saves (some microseconds of work). */
  static final int SOLO_WORK = 16_384;

  /** Terms of a chain between two visits of its tile: 12 pixels' terms take 18 KB. */
  private static final int TERM_BLOCK = 384;

  /** Floats of a tile: 24 KB, within a consumer's 8 to 32 KB. */
  private static final int TILE_ELEMENTS = 6144;

  /** Floats of input rows that are copied at a time: 256 KB, a part of the second-level cache. */
  private static final int WINDOW_ELEMENTS = 65_536;

  /** Floats of the 32 lanes of a block of weight rows: 2 MB. */
  private static final int LANE_ELEMENTS = 524_288;

  private final Team team;
  private final int tileElements;
  private final Recycler<SimdConvGather> gathers;
  private final Recycler<SimdConvWeights> weights;
  private final Recycler<SimdConvBias> biases;
  private final Recycler<SimdPooledWeights> pooled;
  private final Recycler<Spread> spreads = new Recycler<>(Spread::new);
  private final SimdMaxPool2d pool;

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides the work
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdConv2d(Team team) {
    this(team, TERM_BLOCK, TILE_ELEMENTS, WINDOW_ELEMENTS, LANE_ELEMENTS);
  }

  /**
   * Builds the SIMD twin with block sizes of its own; no result depends on them. Meant for tests,
   * in which small arrays shall cross many blocks.
   *
   * @param team divides the work
   * @param termBlock terms of a chain that are packed at a time
   * @param tileElements floats of a finished tile, about
   * @param windowElements floats of input rows that are copied at a time, about
   * @param laneElements floats that the lanes of a block of weight rows may take, about
   * @throws IllegalArgumentException if a size is below 1
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdConv2d(
      Team team, int termBlock, int tileElements, int windowElements, int laneElements) {
    VectorWidth.require();
    Check.atLeast("termBlock", termBlock, 1);
    Check.atLeast("tileElements", tileElements, 1);
    Check.atLeast("windowElements", windowElements, 1);
    Check.atLeast("laneElements", laneElements, 1);
    this.team = team;
    this.tileElements = tileElements;
    int threads = team.size();
    gathers = new Recycler<>(() -> new SimdConvGather(threads, termBlock, windowElements));
    weights = new Recycler<>(() -> new SimdConvWeights(threads, laneElements, windowElements));
    biases = new Recycler<>(() -> new SimdConvBias(threads));
    pooled = new Recycler<>(() -> new SimdPooledWeights(threads));
    pool = new SimdMaxPool2d(team);
  }

  @Override
  public int vectorBits() {
    return VectorWidth.BITS;
  }

  @Override
  public int threads() {
    return team.size();
  }

  @Override
  public void forward(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, float[] y, int yOffset) {
    Conv2dArguments.forward(shape, x, xOffset, w, wOffset, y, yOffset);
    runForward(shape, x, xOffset, w, wOffset, y, yOffset, null);
  }

  @Override
  public void forward(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float[] y,
      int yOffset,
      TileConsumer consumer) {
    Conv2dArguments.forward(shape, x, xOffset, w, wOffset, y, yOffset);
    Check.consumer(consumer);
    runForward(shape, x, xOffset, w, wOffset, y, yOffset, consumer);
  }

  @Override
  public void forwardTiles(
      Conv2dShape shape, float[] x, int xOffset, float[] w, int wOffset, TileConsumer consumer) {
    Conv2dArguments.forwardTiles(shape, x, xOffset, w, wOffset);
    Check.consumer(consumer);
    runForward(shape, x, xOffset, w, wOffset, null, 0, consumer);
  }

  private void runForward(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] w,
      int wOffset,
      float @Nullable [] y,
      int yOffset,
      @Nullable TileConsumer consumer) {
    int multiple = consumer == null ? 1 : consumer.rowMultiple();
    int tileRows = Conv2dArguments.tileRows(shape, multiple, tileElements);
    SimdConvGather job = gathers.take();
    try {
      job.forward(team, shape, x, xOffset, w, wOffset, y, yOffset, consumer, tileRows);
    } finally {
      gathers.give(job);
    }
  }

  @Override
  public void backwardInput(
      Conv2dShape shape,
      float[] dy,
      int dyOffset,
      float[] w,
      int wOffset,
      float[] dx,
      int dxOffset) {
    Conv2dArguments.backwardInput(shape, dy, dyOffset, w, wOffset, dx, dxOffset);
    SimdConvGather job = gathers.take();
    try {
      job.backwardInput(team, shape, dy, dyOffset, w, wOffset, dx, dxOffset, tileElements);
    } finally {
      gathers.give(job);
    }
  }

  @Override
  public void backwardWeights(
      Conv2dShape shape,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      float[] dw,
      int dwOffset) {
    Conv2dArguments.backwardWeights(shape, x, xOffset, dy, dyOffset, dw, dwOffset);
    SimdConvWeights job = weights.take();
    try {
      job.backwardWeights(team, shape, x, xOffset, dy, dyOffset, dw, dwOffset);
    } finally {
      weights.give(job);
    }
  }

  @Override
  public void backwardBias(Conv2dShape shape, float[] dy, int dyOffset, float[] db, int dbOffset) {
    Conv2dArguments.backwardBias(shape, dy, dyOffset, db, dbOffset);
    addImages(
        shape.batch(),
        shape.outHeight(),
        shape.outWidth(),
        shape.filters(),
        dy,
        dyOffset,
        db,
        dbOffset);
  }

  private void addImages(
      int images,
      int rows,
      int columns,
      int filters,
      float[] dy,
      int dyOffset,
      float[] db,
      int dbOffset) {
    SimdConvBias job = biases.take();
    try {
      job.backwardBias(team, images, rows, columns, filters, dy, dyOffset, db, dbOffset);
    } finally {
      biases.give(job);
    }
  }

  @Override
  public void backwardWeightsPooled(
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
    Conv2dArguments.backwardWeightsPooled(
        shape, window, x, xOffset, dy, dyOffset, taps, tapsOffset, dw, dwOffset);
    if (SimdPooledWeights.fits(shape, window)) {
      SimdPooledWeights job = pooled.take();
      boolean done = job.run(team, shape, x, xOffset, dy, dyOffset, taps, tapsOffset, dw, dwOffset);
      pooled.give(job);
      if (done) {
        return;
      }
    }
    Spread spread = spreads.take();
    float[] all = spread.room(window.inElements());
    pool.backward(window, dy, dyOffset, taps, tapsOffset, all, 0);
    backwardWeights(shape, x, xOffset, all, 0, dw, dwOffset);
    spreads.give(spread);
  }

  @Override
  public void backwardBiasPooled(
      Pool2dShape window,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] db,
      int dbOffset) {
    Conv2dArguments.backwardBiasPooled(window, dy, dyOffset, taps, tapsOffset, db, dbOffset);
    if (window.pairs()) {
      SimdConvBias job = biases.take();
      try {
        job.backwardBiasPooled(team, window, dy, dyOffset, taps, tapsOffset, db, dbOffset);
      } finally {
        biases.give(job);
      }
      return;
    }
    Spread spread = spreads.take();
    float[] all = spread.room(window.inElements());
    pool.backward(window, dy, dyOffset, taps, tapsOffset, all, 0);
    addImages(
        window.batch(),
        window.inHeight(),
        window.inWidth(),
        window.channels(),
        all,
        0,
        db,
        dbOffset);
    spreads.give(spread);
  }
}
