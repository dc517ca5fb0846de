package dev.lanewise.kernel.loss;

import dev.lanewise.kernel.parallel.Team;

/**
 * The SIMD twin of the losses beside softmax cross-entropy: a team shares the rows. Thread-safe.
 */
public final class SimdLosses extends CheckedLosses {
  /**
   * Builds the SIMD twin without asking whether this machine should use it: the factory of the
   * kernels asks.
   *
   * @param team shares the work; results do not depend on its size
   * @throws IllegalStateException if the vector width that was asked for cannot be had
   */
  public SimdLosses(Team team) {
    super(SimdLoops::of, team);
  }
}
