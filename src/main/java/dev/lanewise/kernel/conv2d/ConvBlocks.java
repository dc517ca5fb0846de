package dev.lanewise.kernel.conv2d;

import dev.lanewise.kernel.support.Check;

/**
 * How the work of a convolution is cut; no result depends on it.
 *
 * @param terms terms of a chain between two visits of its tile
 * @param tileElements floats of a finished tile, about
 * @param windowElements floats of input rows that are copied at a time, about
 * @param laneElements floats that the lanes of a block of weight rows may take, about
 */
record ConvBlocks(int terms, int tileElements, int windowElements, int laneElements) {
  /**
   * For the caches of today's processors: 12 pixels' terms take 18 KB, a tile 24 KB (within a
   * consumer's 8 to 32 KB), a window 256 KB of the second-level cache, the lanes 2 MB.
   */
  static final ConvBlocks USUAL = new ConvBlocks(384, 6144, 65_536, 524_288);

  ConvBlocks {
    Check.atLeast("terms", terms, 1);
    Check.atLeast("tileElements", tileElements, 1);
    Check.atLeast("windowElements", windowElements, 1);
    Check.atLeast("laneElements", laneElements, 1);
  }
}
