package dev.lanewise.kernel.pointwise;

import dev.lanewise.kernel.parallel.RangeJob;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.VectorWidth;

/**
 * Activation functions with the Vector API: a chunk goes through the passes of its function while
 * it is in the first-level cache.
 */
public final class SimdNonlinear implements Nonlinear {
  private static final float[] NONE = {};

  /**
   * The number of elements below which a call stays on its caller: most functions take some ten
   * times as long as a copy.
   */
  private static final int ALONE = 4 * 1024;

  private final Team team;
  private final Recycler<Job> jobs = new Recycler<>(Job::new);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdNonlinear(Team team) {
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
  public void apply(Nonlinearity function, int n, float[] x, int xOffset, float[] y, int yOffset) {
    NonlinearArguments.apply(function, n, x, xOffset, y, yOffset);
    run(SimdPass.forward(function.kind()), function, n, x, xOffset, NONE, 0, y, yOffset);
  }

  @Override
  public void gradient(
      Nonlinearity function,
      int n,
      float[] saved,
      int savedOffset,
      float[] dy,
      int dyOffset,
      float[] dx,
      int dxOffset) {
    NonlinearArguments.gradient(function, n, saved, savedOffset, dy, dyOffset, dx, dxOffset);
    run(
        SimdPass.backward(function.kind()),
        function,
        n,
        saved,
        savedOffset,
        dy,
        dyOffset,
        dx,
        dxOffset);
  }

  private void run(
      SimdPass[] passes,
      Nonlinearity function,
      int n,
      float[] x,
      int xOffset,
      float[] dy,
      int dyOffset,
      float[] out,
      int outOffset) {
    Job job = jobs.take();
    job.passes = passes;
    job.parameter = function.parameter();
    job.x = x;
    job.xOffset = xOffset;
    job.dy = dy;
    job.dyOffset = dyOffset;
    job.out = out;
    job.outOffset = outOffset;
    if (n < ALONE) {
      job.range(0, n);
      job.clear();
    } else {
      job.run(team, n, RangeJob.ELEMENTS);
    }
    jobs.give(job);
  }

  /** One call's arguments, for the team. */
  private static final class Job extends RangeJob {
    private final Recycler<SimdChunk> chunks = new Recycler<>(SimdChunk::new);
    private SimdPass[] passes = {};
    private float parameter;
    private float[] x = NONE;
    private int xOffset;
    private float[] dy = NONE;
    private int dyOffset;
    private float[] out = NONE;
    private int outOffset;

    @Override
    protected void range(int from, int to) {
      SimdChunk chunk = chunks.take();
      chunk.parameter = parameter;
      chunk.x = x;
      chunk.dy = dy;
      chunk.out = out;
      for (int i = from; i < to; i += SimdChunk.SIZE) {
        chunk.n = Math.min(SimdChunk.SIZE, to - i);
        chunk.xOffset = xOffset + i;
        chunk.dyOffset = dyOffset + i;
        chunk.outOffset = outOffset + i;
        for (SimdPass pass : passes) {
          pass.run(chunk);
        }
      }
      chunk.clear();
      chunks.give(chunk);
    }

    @Override
    protected void clear() {
      x = NONE;
      dy = NONE;
      out = NONE;
    }
  }
}
