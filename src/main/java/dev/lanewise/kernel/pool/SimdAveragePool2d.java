package dev.lanewise.kernel.pool;

import static dev.lanewise.kernel.support.VectorWidth.LANES;

import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;
import java.util.Arrays;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Average-pooling with the Vector API, vectors across channels. Work is divided by rows: output
 * rows forward, input rows backward.
 */
public final class SimdAveragePool2d implements AveragePool2d {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final float[] NONE = {};

  private final Team team;
  private final Recycler<Job> jobs = new Recycler<>(Job::new);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdAveragePool2d(Team team) {
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
  public void forward(Pool2dShape shape, float[] x, int xOffset, float[] y, int yOffset) {
    PoolArguments.forward(shape, x, xOffset, y, yOffset, null, 0);
    run(shape, false, shape.batch() * shape.outHeight(), x, xOffset, y, yOffset);
  }

  @Override
  public void backward(Pool2dShape shape, float[] dy, int dyOffset, float[] dx, int dxOffset) {
    PoolArguments.backward(shape, dy, dyOffset, dx, dxOffset);
    run(shape, true, shape.batch() * shape.inHeight(), dy, dyOffset, dx, dxOffset);
  }

  private void run(
      Pool2dShape shape,
      boolean backward,
      int rows,
      float[] in,
      int inOffset,
      float[] out,
      int outOffset) {
    Job job = jobs.take();
    job.shape = shape;
    job.backward = backward;
    job.in = in;
    job.inOffset = inOffset;
    job.out = out;
    job.outOffset = outOffset;
    if (RangeJob.alone(team, shape.inElements())) {
      job.range(0, rows);
      job.clear();
    } else {
      job.run(team, rows, 1);
    }
    jobs.give(job);
  }

  private static void poolRow(Pool2dShape shape, int row, float[] x, int xo, float[] y, int yo) {
    int channels = shape.channels();
    int oh = row % shape.outHeight();
    int image = xo + row / shape.outHeight() * shape.inHeight() * shape.inWidth() * channels;
    int top = Math.max(0, oh * shape.strideHeight() - shape.padTop());
    int ld = shape.inWidth() * channels;
    for (int ow = 0; ow < shape.outWidth(); ow++) {
      int left = Math.max(0, ow * shape.strideWidth() - shape.padLeft());
      int high = Windows.rows(shape, oh);
      int wide = Windows.columns(shape, ow);
      int at = yo + (row * shape.outWidth() + ow) * channels;
      average(high, wide, channels, x, image + top * ld + left * channels, ld, y, at);
    }
  }

  private static void average(
      int high, int wide, int channels, float[] x, int xo, int ld, float[] y, int yo) {
    int count = high * wide;
    int c = 0;
    for (; c < VectorWidth.wholeVectors(channels); c += LANES) {
      FloatVector sum = FloatVector.zero(S);
      for (int h = 0; h < high; h++) {
        for (int w = 0; w < wide; w++) {
          sum = sum.add(FloatVector.fromArray(S, x, xo + h * ld + w * channels + c));
        }
      }
      sum.div(count).intoArray(y, yo + c);
    }
    for (; c < channels; c++) {
      float sum = 0;
      for (int h = 0; h < high; h++) {
        for (int w = 0; w < wide; w++) {
          sum += x[xo + h * ld + w * channels + c];
        }
      }
      y[yo + c] = sum / count;
    }
  }

  private static void spreadRow(
      Pool2dShape shape, int row, float[] dy, int dyo, float[] dx, int o) {
    int channels = shape.channels();
    int ih = row % shape.inHeight();
    int image = dyo + row / shape.inHeight() * shape.outHeight() * shape.outWidth() * channels;
    for (int iw = 0; iw < shape.inWidth(); iw++) {
      gather(shape, ih, iw, dy, image, dx, o + (row * shape.inWidth() + iw) * channels);
    }
  }

  private static void gather(
      Pool2dShape shape, int ih, int iw, float[] dy, int image, float[] dx, int at) {
    int channels = shape.channels();
    int firstOh = Windows.firstRow(shape, ih);
    int lastOh = Windows.lastRow(shape, ih);
    int firstOw = Windows.firstColumn(shape, iw);
    int lastOw = Windows.lastColumn(shape, iw);
    Arrays.fill(dx, at, at + channels, 0f);
    for (int oh = firstOh; oh <= lastOh; oh++) {
      for (int ow = firstOw; ow <= lastOw; ow++) {
        int pixel = image + (oh * shape.outWidth() + ow) * channels;
        addQuotient(channels, dy, pixel, Windows.pixels(shape, oh, ow), dx, at);
      }
    }
  }

  private static void addQuotient(int n, float[] dy, int dyo, float count, float[] dx, int dxo) {
    int c = 0;
    for (; c < VectorWidth.wholeVectors(n); c += LANES) {
      FloatVector share = FloatVector.fromArray(S, dy, dyo + c).div(count);
      FloatVector.fromArray(S, dx, dxo + c).add(share).intoArray(dx, dxo + c);
    }
    for (; c < n; c++) {
      dx[dxo + c] += dy[dyo + c] / count;
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

    @Override
    protected void range(int from, int to) {
      Pool2dShape sizes = Objects.requireNonNull(shape);
      for (int row = from; row < to; row++) {
        if (backward) {
          spreadRow(sizes, row, in, inOffset, out, outOffset);
        } else {
          poolRow(sizes, row, in, inOffset, out, outOffset);
        }
      }
    }

    @Override
    protected void clear() {
      in = NONE;
      out = NONE;
    }
  }
}
