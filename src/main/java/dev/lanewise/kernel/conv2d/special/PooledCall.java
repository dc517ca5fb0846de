package dev.lanewise.kernel.conv2d.special;

import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.parallel.Call;
import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pool.UnpooledGradient;
import dev.lanewise.kernel.support.Lanes;

/**
 * The arguments of a gradient that is computed straight from the gradient behind 2 × 2 max-pooling:
 * each window has one gradient, at its winner. Items are the 32 lanes, each with its images.
 */
public final class PooledCall extends Call {
  /** Adds an image to its lane. */
  interface Loop {
    /**
     * Adds what image n gives.
     *
     * @param lane where the lane begins in {@link PooledCall#lanes}
     */
    void image(PooledCall call, int n, int lane, Scratch scratch);
  }

  private static final float[] NONE = {};
  private static final int[] NO_INTS = {};
  private static final Loop NO_LOOP = (call, n, lane, scratch) -> {};

  private final Lanes sum = new Lanes();
  private Loop loop = NO_LOOP;
  private int size;
  float[] lanes = NONE;

  float[] x = NONE;
  int xAt;
  int inRows;
  int inCols;
  float[] dy = NONE;
  int dyAt;
  int[] argmax = NO_INTS;
  int argmaxAt;

  /** Sizes of the pooled output. */
  int images;

  int rows;
  int cols;
  int filters;

  /** Whether an image was found that the loop cannot add; the others are then left out. */
  volatile boolean refused;

  /** Makes a call without arguments. */
  public PooledCall() {}

  /** Whether a gradient is one behind a pooling that can be computed from so, in one block. */
  static boolean fits(TileSource source, int lanes) {
    return source instanceof UnpooledGradient unpooled
        && unpooled.shape().isTwoByTwo()
        && unpooled.shape().channels() % lanes == 0
        && unpooled.shape().batch() > 0
        && unpooled.shape().batch() <= Lanes.BLOCK;
  }

  /**
   * Sets the pooled gradient.
   *
   * @param source one that fits
   * @return this call
   */
  public PooledCall gradient(TileSource source) {
    UnpooledGradient unpooled = (UnpooledGradient) source;
    dy = unpooled.dy();
    dyAt = unpooled.dyOffset();
    argmax = unpooled.argmax();
    argmaxAt = unpooled.argmaxOffset();
    images = unpooled.shape().batch();
    rows = unpooled.shape().outHeight();
    cols = unpooled.shape().outWidth();
    filters = unpooled.shape().channels();
    return this;
  }

  /**
   * Sets the images.
   *
   * @param x holds them, of one channel
   * @param at where they begin
   * @param inRows rows of an image
   * @param inCols columns of an image
   * @return this call
   */
  public PooledCall images(float[] x, int at, int inRows, int inCols) {
    this.x = x;
    xAt = at;
    this.inRows = inRows;
    this.inCols = inCols;
    return this;
  }

  /**
   * Sums the images' arrays of {@code size} elements.
   *
   * @return false if an image was refused; nothing is then written
   */
  boolean sum(Team team, int size, Loop loop, float[] to, int at) {
    this.loop = loop;
    this.size = size;
    refused = false;
    sum.begin(size);
    lanes = sum.block(images);
    long gradients = (long) images * rows * cols * filters;
    runDivided(team, Math.min(Lanes.COUNT, images), 1, gradients);
    if (!refused) {
      sum.total(to, at);
    }
    clear();
    return !refused;
  }

  @Override
  protected void range(int from, int to, Scratch scratch) {
    for (int lane = from; lane < to; lane++) {
      for (int n = lane; n < images && !refused; n += Lanes.COUNT) {
        loop.image(this, n, lane * size, scratch);
      }
    }
  }

  @Override
  protected void clear() {
    loop = NO_LOOP;
    x = NONE;
    dy = NONE;
    argmax = NO_INTS;
  }
}
