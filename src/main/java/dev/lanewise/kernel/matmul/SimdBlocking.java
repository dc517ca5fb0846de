package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.support.Check;

/**
 * How the SIMD twin cuts a product into blocks.
 *
 * @param kc terms of a chain that are computed in one go
 * @param mc rows of unfinished chains that wait in scratch together
 * @param nc columns of B that are packed together
 * @param block most elements of C that are handed to a consumer together
 * @param tileRows most rows of a register tile: 6 or 12
 * @param small multiply-adds below which a product runs on the caller, without packing; a further
 *     member of the team must have several times as many to be worth its start
 * @param sample elements of A that are looked at to decide whether its zeros are skipped; 0 never
 *     skips
 */
record SimdBlocking(int kc, int mc, int nc, int block, int tileRows, int small, int sample) {
  /**
   * kc × nc of packed B fill most of a second-level cache of 1 MB; 16 K multiply-adds take about as
   * long as a team's start.
   */
  static final SimdBlocking PRODUCTION =
      new SimdBlocking(256, 384, 768, TileSizes.MOST_ELEMENTS, SimdMicrokernel.ROWS, 1 << 14, 256);

  SimdBlocking {
    Check.atLeast("kc", kc, 1);
    Check.atLeast("mc", mc, 1);
    Check.atLeast("nc", nc, 1);
    Check.atLeast("block", block, 1);
    Check.atLeast("small", small, 0);
    Check.atLeast("sample", sample, 0);
    if (tileRows != 6 && tileRows != 12) {
      throw new IllegalArgumentException("tileRows is " + tileRows + ", but must be 6 or 12");
    }
  }
}
