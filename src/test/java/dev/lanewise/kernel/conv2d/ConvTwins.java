package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.parallel.Team;

/** SIMD twins that cut convolutions into small blocks. */
public final class ConvTwins {
  private ConvTwins() {}

  /** A twin with blocks of so many terms and elements. */
  public static Conv2d of(Team team, int terms, int tile, int window, int lanes) {
    return new SimdConv2d(team, new ConvBlocks(terms, tile, window, lanes));
  }
}
