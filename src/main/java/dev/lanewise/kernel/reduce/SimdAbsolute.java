package dev.lanewise.kernel.reduce;

import static jdk.incubator.vector.VectorOperators.MAX;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.SimdBlocks;
import dev.lanewise.kernel.support.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sum and the maximum of absolute values, block by block; a team shares the blocks of a long
 * vector. Reused call after call.
 */
final class SimdAbsolute implements Task {
  private static final VectorSpecies<Float> S = VectorWidth.FLOATS;
  private static final int L = VectorWidth.LANES;
  private static final float[] NONE = {};

  /** Below so many elements a call stays on its caller, as in {@code SimdReduce}. */
  private static final int TEAM_ELEMENTS = 1 << 16;

  private final Lanes lanes = new Lanes();
  private float[] results = NONE;
  private boolean maximum;
  private int n;
  private float[] x = NONE;
  private int xOffset;

  float sum(Team team, int n, float[] x, int xOffset) {
    blocks(team, false, n, x, xOffset);
    lanes.begin();
    for (int b = 0; b < Lanes.blocks(n); b++) {
      lanes.add(results[b]);
    }
    return lanes.total();
  }

  float max(Team team, int n, float[] x, int xOffset) {
    blocks(team, true, n, x, xOffset);
    return SimdBlocks.max(Lanes.blocks(n), results, 0);
  }

  private void blocks(Team team, boolean maximum, int n, float[] x, int xOffset) {
    int blocks = Lanes.blocks(n);
    if (results.length < blocks) {
      results = new float[blocks];
    }
    this.maximum = maximum;
    this.n = n;
    this.x = x;
    this.xOffset = xOffset;
    try {
      if (n < TEAM_ELEMENTS) {
        for (int b = 0; b < blocks; b++) {
          block(b, lanes.ofBlock());
        }
      } else {
        team.run(blocks, this);
      }
    } finally {
      this.x = NONE;
    }
  }

  @Override
  public void run(int part, Scratch scratch) {
    block(part, scratch.floats(0, Lanes.COUNT));
  }

  private void block(int b, float[] lanes) {
    int at = xOffset + b * Lanes.BLOCK;
    int size = Lanes.size(n, b);
    results[b] = maximum ? largest(size, x, at) : sumOf(size, x, at, lanes);
  }

  private static float sumOf(int n, float[] x, int xOffset, float[] lanes) {
    int whole = n & -Lanes.COUNT;
    for (int lane = 0; lane < Lanes.COUNT; lane += 2 * L) {
      sum2(whole, x, xOffset + lane, lanes, lane);
    }
    for (int l = 0; l < n - whole; l++) {
      lanes[l] += Math.abs(x[xOffset + whole + l]);
    }
    return Lanes.fold(lanes);
  }

  /** Two vectors of lanes; narrow vectors walk over the block, which is in L1, several times. */
  private static void sum2(int whole, float[] x, int xOffset, float[] lanes, int lane) {
    FloatVector s0 = FloatVector.zero(S);
    FloatVector s1 = s0;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      s0 = s0.add(FloatVector.fromArray(S, x, xOffset + i).abs());
      s1 = s1.add(FloatVector.fromArray(S, x, xOffset + i + L).abs());
    }
    s0.intoArray(lanes, lane);
    s1.intoArray(lanes, lane + L);
  }

  private static float largest(int n, float[] x, int xOffset) {
    FloatVector m0 = FloatVector.zero(S);
    FloatVector m1 = m0;
    int i = 0;
    for (; i <= n - 2 * L; i += 2 * L) {
      m0 = m0.max(FloatVector.fromArray(S, x, xOffset + i).abs());
      m1 = m1.max(FloatVector.fromArray(S, x, xOffset + i + L).abs());
    }
    if (i <= n - L) {
      m0 = m0.max(FloatVector.fromArray(S, x, xOffset + i).abs());
      i += L;
    }
    if (i < n && n >= L) { // no mask, which may be an object to C2: some elements a second time
      m1 = m1.max(FloatVector.fromArray(S, x, xOffset + n - L).abs());
      i = n;
    }
    float max = m0.max(m1).reduceLanes(MAX);
    for (; i < n; i++) {
      max = Math.max(max, Math.abs(x[xOffset + i]));
    }
    return max;
  }
}
