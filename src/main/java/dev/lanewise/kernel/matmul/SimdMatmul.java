package dev.lanewise.kernel.matmul;

import dev.lanewise.kernel.parallel.Team;
import java.util.List;

/**
 * The SIMD twin of {@link Matmul}: register tiles over packed panels, divided among a team.
 *
 * <p>Thread-safe; memory for packing is kept from call to call.
 */
public final class SimdMatmul extends CheckedMatmul {
  /**
   * Builds the SIMD twin without asking whether this machine should use it (the factory in {@code
   * Kernels} asks).
   *
   * @param team computes large products; closed by its owner
   * @throws IllegalStateException if this machine lacks the vector width asked for
   */
  public SimdMatmul(Team team) {
    this(team, BlockSizes.production(SimdGemmPart.ROWS));
  }

  /** Builds a twin with its own block sizes, on which no result depends. */
  SimdMatmul(Team team, BlockSizes sizes) {
    super(team, sizes, List.of(SimdSparseA::new, SimdUnpacked::new, SimdGemmBlock::new));
  }
}
