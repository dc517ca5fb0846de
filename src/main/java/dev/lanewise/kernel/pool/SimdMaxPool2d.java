package dev.lanewise.kernel.pool;

import dev.lanewise.kernel.parallel.Team;
import java.util.List;

/** Max-pooling with the Vector API, vectors across channels. */
public final class SimdMaxPool2d extends CheckedMaxPool2d {
  private static final List<PoolLoops> IMPLEMENTATIONS =
      List.of(SimdMaxPool2x2.LOOPS, SimdMaxPoolAny.LOOPS);

  /**
   * Builds the SIMD twin without asking whether this machine should use it.
   *
   * @param team divides large calls; the result does not depend on it
   * @throws IllegalStateException if the requested vector width cannot be had
   */
  public SimdMaxPool2d(Team team) {
    super(IMPLEMENTATIONS, team);
  }
}
