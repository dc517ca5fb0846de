package dev.lanewise.kernel.reduce;

import static jdk.incubator.vector.VectorOperators.IS_NAN;

import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Recycler;
import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The SIMD twin of the reductions: blocks of 4096 elements, and tiles of a matrix's columns, are
 * dealt out to a team. Thread-safe.
 */
public final class SimdReduce implements Reduce {
  /**
   * Below so many elements a call stays on its caller: some 3 µs of work in the second-level cache,
   * of which a second thread could save half and costs a quarter to a half.
   */
  private static final int TEAM_ELEMENTS = 1 << 16;

  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;

  private final Team team;
  private final int teamElements;
  private final Recycler<SimdReduceJob> jobs = new Recycler<>(SimdReduceJob::new);
  private final Recycler<SimdNormJob> norms = new Recycler<>(SimdNormJob::new);
  private final Recycler<SimdRowSums> rowSums;

  /**
   * Builds the SIMD twin without asking whether this machine should use it: the factory of the
   * kernels asks.
   *
   * @param team shares the work; results do not depend on its size
   * @throws IllegalStateException if the vector width that was asked for cannot be had
   */
  public SimdReduce(Team team) {
    this(team, TEAM_ELEMENTS, SimdRowSums.TILE);
  }

  /**
   * Builds the twin with sizes of its own, so that small matrices are cut into many parts. The
   * blocks of 4096 elements are no choice: results depend on them.
   *
   * @param team shares the work
   * @param teamElements below so many elements a call stays on its caller
   * @param tile how many columns {@link #sumRows} sums together
   */
  SimdReduce(Team team, int teamElements, int tile) {
    VectorWidth.require();
    this.team = team;
    this.teamElements = teamElements;
    rowSums = new Recycler<>(() -> new SimdRowSums(tile));
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
  public float sum(int n, float[] x, int xOffset) {
    ReduceArguments.vector(n, x, xOffset);
    SimdReduceJob job = jobs.take();
    try {
      return isShared(n) ? job.sum(team, n, x, xOffset) : SimdBlocks.sum(n, x, xOffset, job.lanes);
    } finally {
      jobs.give(job);
    }
  }

  @Override
  public float max(int n, float[] x, int xOffset) {
    ReduceArguments.vector(n, x, xOffset);
    return largest(n, x, xOffset);
  }

  private float largest(int n, float[] x, int xOffset) {
    if (!isShared(n)) {
      return SimdBlocks.max(n, x, xOffset);
    }
    SimdReduceJob job = jobs.take();
    try {
      return job.max(team, n, x, xOffset);
    } finally {
      jobs.give(job);
    }
  }

  @Override
  public float dot(int n, float[] x, int xOffset, float[] y, int yOffset) {
    ReduceArguments.vectors(n, x, xOffset, y, yOffset);
    SimdReduceJob job = jobs.take();
    try {
      return isShared(n)
          ? job.dot(team, n, x, xOffset, y, yOffset)
          : SimdBlocks.dot(n, x, xOffset, y, yOffset, job.lanes);
    } finally {
      jobs.give(job);
    }
  }

  @Override
  public float squaredNorm(int n, float[] x, int xOffset) {
    return dot(n, x, xOffset, x, xOffset);
  }

  @Override
  public double squaredNormInDouble(int n, float[] x, int xOffset) {
    ReduceArguments.vector(n, x, xOffset);
    SimdNormJob job = norms.take();
    try {
      return job.squaredNorm(isShared(n) ? team : null, n, x, xOffset);
    } finally {
      norms.give(job);
    }
  }

  @Override
  public int argMax(int n, float[] x, int xOffset) {
    ReduceArguments.argMax(n, x, xOffset);
    float max = largest(n, x, xOffset);
    return Float.isNaN(max) ? firstNaN(n, x, xOffset) : firstEqual(n, x, xOffset, max);
  }

  private static int firstNaN(int n, float[] x, int xOffset) {
    int i = 0;
    for (; i < VectorWidth.wholeVectors(n); i += L) {
      VectorMask<Float> hit = FloatVector.fromArray(S, x, xOffset + i).test(IS_NAN);
      if (hit.anyTrue()) {
        return i + hit.firstTrue();
      }
    }
    while (!Float.isNaN(x[xOffset + i])) {
      i++;
    }
    return i;
  }

  private static int firstEqual(int n, float[] x, int xOffset, float max) {
    int i = 0;
    for (; i < VectorWidth.wholeVectors(n); i += L) {
      VectorMask<Float> hit = FloatVector.fromArray(S, x, xOffset + i).eq(max);
      if (hit.anyTrue()) {
        return i + hit.firstTrue();
      }
    }
    while (x[xOffset + i] != max) {
      i++;
    }
    return i;
  }

  @Override
  public void sumRows(
      int rows, int columns, float[] x, int xOffset, int ldx, float[] y, int yOffset) {
    ReduceArguments.sumRows(rows, columns, x, xOffset, ldx, y, yOffset);
    if (columns == 0) {
      return;
    }
    SimdRowSums job = rowSums.take();
    try {
      job.sum(
          isShared((long) rows * columns) ? team : null,
          rows,
          columns,
          x,
          xOffset,
          ldx,
          y,
          yOffset);
    } finally {
      rowSums.give(job);
    }
  }

  private boolean isShared(long elements) {
    return elements >= teamElements && team.members() > 1;
  }
}
