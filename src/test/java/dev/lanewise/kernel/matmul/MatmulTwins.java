package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.parallel.Team;

/** SIMD twins that cut products into blocks so small that small arrays cross many. */
public final class MatmulTwins {
  private MatmulTwins() {}

  /** The twin as it is, for blocking 0, or one of three with blocks for either register tile. */
  public static Matmul of(int blocking, Team team) {
    return switch (blocking) {
      case 0 -> new SimdMatmul(team);
      case 1 -> new SimdMatmul(team, new BlockSizes(7, 13, 40, 200, 5, 0, 5));
      case 2 -> new SimdMatmul(team, new BlockSizes(16, 30, 70, 900, 12, 0, 0));
      default -> new SimdMatmul(team, new BlockSizes(256, 1, 1, 8192, 12, 100, 20));
    };
  }
}
