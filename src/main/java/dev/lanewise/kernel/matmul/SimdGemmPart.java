package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.parallel.Scratch;
import dev.lanewise.kernel.support.VectorWidth;

/** What the implementations with vectors share: the register tile's operands and B's panels. */
abstract class SimdGemmPart extends GemmPart {
  static final int LANES = VectorWidth.LANES;

  /** Columns of a register tile, and of a packed panel of B. */
  static final int COLUMNS = 2 * LANES;

  /**
   * Rows of this machine's tallest register tile: 24 chains, two vectors of B and one broadcast
   * element of A take 27 of 32 registers, 10 chains 13 of 16. With 12 chains the compiler spills
   * one in most runs of a program, at half of the speed.
   */
  static final int ROWS = VectorWidth.REGISTERS == 32 ? 12 : 5;

  // Slots of the thread's scratch.
  static final int PACKED_A = 0;
  private static final int PACKED_B = 1;
  private static final int CHAINS = 2;

  final SimdPackB packB;
  private final SimdEpilogue epilogue = new SimdEpilogue();

  SimdGemmPart(GemmCall x) {
    super(x);
    packB = new SimdPackB(x);
  }

  /** Rows of the next tile when {@code rows} ≥ 1 are left and tiles may have {@code most} rows. */
  static int height(int rows, int most) {
    return rows >= most ? most : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
  }

  /** Lends scratch for panels of B. */
  static float[] panels(Scratch scratch, long elements) {
    return scratch.floats(PACKED_B, Math.toIntExact(elements));
  }

  /** Lends scratch for chains that cannot wait in C. */
  static float[] chains(Scratch scratch, long elements) {
    return scratch.floats(CHAINS, Math.toIntExact(elements));
  }

  @Override
  final void store(int rows, int columns, float[] to, int at, int ld) {
    epilogue.store(this, rows, columns, to, at, ld);
  }
}
