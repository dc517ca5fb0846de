package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import org.jspecify.annotations.Nullable;

/**
 * Max-pooling with the Vector API, vectors across channels.
 *
 * <p>Work is divided by rows: output rows forward, input rows backward. 2 × 2 windows with stride 2
 * and no padding have loops of their own, {@link SimdPairs}; all others run {@link SimdWindows}.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public final class SimdMaxPool2d implements MaxPool2d {
  private static final float[] NONE = {};

  private final Team team;
  private final Recycler<Job> jobs = new Recycler<>(Job::new);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdMaxPool2d(Team team) {
    VectorWidth.require();
    this.team = team;
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
      Pool2dShape shape,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset) {
    PoolArguments.forward(shape, x, xOffset, y, yOffset, taps, tapsOffset);
    int rows = shape.batch() * shape.outHeight();
    if (RangeJob.alone(team, shape.inElements())) {
      poolRows(shape, 0, rows, x, xOffset, y, yOffset, taps, tapsOffset);
      return;
    }
    Job job = jobs.take();
    job.shape = shape;
    job.in = x;
    job.inOffset = xOffset;
    job.out = y;
    job.outOffset = yOffset;
    job.taps = taps;
    job.tapsOffset = tapsOffset;
    job.run(team, rows, 1);
    jobs.give(job);
  }

  @Override
  public void backward(
      Pool2dShape shape,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int dxOffset) {
    PoolArguments.backward(shape, dy, dyOffset, taps, tapsOffset, dx, dxOffset);
    int rows = shape.batch() * (shape.pairs() ? shape.outHeight() : shape.inHeight());
    if (RangeJob.alone(team, shape.inElements())) {
      spreadRows(shape, 0, rows, dy, dyOffset, taps, tapsOffset, dx, dxOffset);
      return;
    }
    Job job = jobs.take();
    job.shape = shape;
    job.backward = true;
    job.in = dy;
    job.inOffset = dyOffset;
    job.out = dx;
    job.outOffset = dxOffset;
    job.taps = taps;
    job.tapsOffset = tapsOffset;
    job.run(team, rows, 1);
    jobs.give(job);
  }

  @Override
  public TileConsumer tiles(
      Pool2dShape shape,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset,
      @Nullable TileConsumer next) {
    Check.given("shape", shape);
    return new MaxPoolTiles(
        shape.pairs() ? SimdPairs::poolRow : SimdWindows::poolRow,
        shape,
        y,
        yOffset,
        taps,
        tapsOffset,
        next);
  }

  @Override
  public TileConsumer biasReluTiles(
      Activation activation,
      float[] bias,
      int biasOffset,
      Pool2dShape shape,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset,
      @Nullable TileConsumer next) {
    Check.given("activation", activation);
    Check.given("shape", shape);
    if (!shape.pairs() || taps == null) {
      return MaxPool2d.super.biasReluTiles(
          activation, bias, biasOffset, shape, y, yOffset, taps, tapsOffset, next);
    }
    Check.range("bias", bias, biasOffset, shape.channels());
    return new MaxPoolTiles(
        new SimdBiasReluPairs(bias, biasOffset), shape, y, yOffset, taps, tapsOffset, next);
  }

  /** The output rows {@code from} to {@code to} − 1, counted through all images. */
  private static void poolRows(
      Pool2dShape shape,
      int from,
      int to,
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int @Nullable [] taps,
      int tapsOffset) {
    boolean pairs = shape.pairs();
    int channels = shape.channels();
    int outHeight = shape.outHeight();
    int outRow = shape.outWidth() * channels;
    int image = shape.inHeight() * shape.inWidth() * channels;
    for (int row = from; row < to; row++) {
      int xo = xOffset + row / outHeight * image;
      int yo = yOffset + row * outRow;
      int to0 = tapsOffset + row * outRow;
      int oh = row % outHeight;
      if (pairs) {
        SimdPairs.poolRow(shape, oh, 0, channels, x, xo, channels, y, yo, taps, to0);
      } else {
        SimdWindows.poolRow(shape, oh, 0, channels, x, xo, channels, y, yo, taps, to0);
      }
    }
  }

  /** The gradient's rows: those of windows if these are pairs, else those of the input. */
  private static void spreadRows(
      Pool2dShape shape,
      int from,
      int to,
      float[] dy,
      int dyOffset,
      int[] taps,
      int tapsOffset,
      float[] dx,
      int dxOffset) {
    boolean pairs = shape.pairs();
    int height = pairs ? shape.outHeight() : shape.inHeight();
    int out = shape.outHeight() * shape.outWidth() * shape.channels();
    int in = shape.inHeight() * shape.inWidth() * shape.channels();
    for (int row = from; row < to; row++) {
      int image = row / height;
      int yo = dyOffset + image * out;
      int to0 = tapsOffset + image * out;
      int xo = dxOffset + image * in;
      if (pairs) {
        SimdPairs.spreadRow(shape, row % height, dy, yo, taps, to0, dx, xo);
      } else {
        SimdWindows.gatherRow(shape, row % height, dy, yo, taps, to0, dx, xo);
      }
    }
  }

  /** One call's arguments, for the team. */
  private static final class Job extends RangeJob {
    private @Nullable Pool2dShape shape;
    private boolean backward;
    private float[] in = NONE;
    private int inOffset;
    private float[] out = NONE;
    private int outOffset;
    private int @Nullable [] taps;
    private int tapsOffset;

    @Override
    protected void range(int from, int to) {
      Pool2dShape sizes = shape;
      int[] winners = taps;
      if (sizes == null) {
        throw new IllegalStateException("the job is not set");
      }
      if (!backward) {
        poolRows(sizes, from, to, in, inOffset, out, outOffset, winners, tapsOffset);
      } else if (winners != null) {
        spreadRows(sizes, from, to, in, inOffset, winners, tapsOffset, out, outOffset);
      }
    }

    @Override
    protected void clear() {
      shape = null;
      backward = false;
      in = NONE;
      out = NONE;
      taps = null;
    }
  }
}
