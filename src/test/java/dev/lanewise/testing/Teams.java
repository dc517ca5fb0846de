package dev.lanewise.testing;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import java.util.Arrays;

/** The team sizes that twin tests run with; the teams live as long as the test VM. */
public final class Teams {
  private static final Team[] TEAMS = {Team.of(1), Team.of(2), Team.of(3)};

  private static final Kernels[] KERNELS =
      Arrays.stream(TEAMS).map(Twins::simd).toArray(Kernels[]::new);

  private Teams() {}

  /** The sizes: 1, 2 and 3. */
  public static int[] sizes() {
    return new int[] {1, 2, 3};
  }

  /** SIMD twins on a shared team of 1, 2 or 3 threads. */
  public static Kernels kernels(int threads) {
    return KERNELS[threads - 1];
  }

  /** A shared team of 1, 2 or 3 threads. */
  public static Team of(int size) {
    return TEAMS[size - 1];
  }
}
