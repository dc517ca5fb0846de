package dev.lanewise.kernel.reduce;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.parallel.Task;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.kernel.support.Lanes;
import dev.lanewise.kernel.support.SimdBlocks;

/** The reduction of one vector, or of two, by a team: a part is a block. Reused call after call. */
final class SimdReduceJob implements Task {
  private enum Kind {
    SUM,
    DOT,
    MAX
  }

  private static final float[] NONE = {};

  final Lanes lanes = new Lanes();

  private Kind kind = Kind.SUM;
  private int n;
  private float[] x = NONE;
  private int xOffset;
  private float[] y = NONE;
  private int yOffset;
  private float[] results = NONE;

  float sum(Team team, int n, float[] x, int xOffset) {
    share(team, Kind.SUM, n, x, xOffset, NONE, 0);
    return sumOfBlocks();
  }

  float dot(Team team, int n, float[] x, int xOffset, float[] y, int yOffset) {
    share(team, Kind.DOT, n, x, xOffset, y, yOffset);
    return sumOfBlocks();
  }

  float max(Team team, int n, float[] x, int xOffset) {
    share(team, Kind.MAX, n, x, xOffset, NONE, 0);
    return SimdBlocks.max(Lanes.blocks(n), results, 0);
  }

  private void share(Team team, Kind kind, int n, float[] x, int xOffset, float[] y, int yOffset) {
    int blocks = Lanes.blocks(n);
    if (results.length < blocks) {
      results = new float[blocks];
    }
    this.kind = kind;
    this.n = n;
    this.x = x;
    this.xOffset = xOffset;
    this.y = y;
    this.yOffset = yOffset;
    try {
      team.run(blocks, this);
    } finally {
      this.x = NONE;
      this.y = NONE;
    }
  }

  private float sumOfBlocks() {
    lanes.begin();
    for (int b = 0; b < Lanes.blocks(n); b++) {
      lanes.add(results[b]);
    }
    return lanes.total();
  }

  @Override
  public void run(int part, Scratch scratch) {
    int at = part * Lanes.BLOCK;
    int size = Lanes.size(n, part);
    results[part] =
        switch (kind) {
          case SUM -> SimdBlocks.blockSum(size, x, xOffset + at, scratch.floats(0, Lanes.COUNT));
          case DOT ->
              SimdBlocks.blockDot(
                  size, x, xOffset + at, y, yOffset + at, scratch.floats(0, Lanes.COUNT));
          case MAX -> SimdBlocks.max(size, x, xOffset + at);
        };
  }
}
