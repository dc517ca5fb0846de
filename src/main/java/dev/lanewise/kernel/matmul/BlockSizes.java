package dev.lanewise.kernel.matmul;

/**
 * How a product is cut into blocks. No result depends on it.
 *
 * @param kc terms of a chain that are computed in one go
 * @param mc rows of unfinished chains that wait in scratch together
 * @param nc columns of B that are packed together
 * @param block most elements of C that are handed to a consumer together, as far as it allows
 * @param tileRows most rows of a register tile: 5 (for 16 vector registers) or 12 (for 32)
 * @param small multiply-adds below which a product runs on the caller, without packing; a further
 *     member of the team must have several times as many to be worth its start
 * @param sample elements of A that are looked at to decide whether its zeros are skipped; 0 never
 *     skips
 */
record BlockSizes(int kc, int mc, int nc, int block, int tileRows, int small, int sample) {
  /**
   * The sizes in use: kc × nc of packed B fill a second-level cache of 1 MB, and chains are long,
   * so that C is seldom visited; 16 K multiply-adds take about as long as a team's start.
   */
  static BlockSizes production(int tileRows) {
    return new BlockSizes(1024, 384, 256, TileSizes.MOST_ELEMENTS, tileRows, 1 << 14, 256);
  }
}
