package dev.lanewise.bench;

import dev.lanewise.bench.plain.Plain;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.testing.Twins;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The state of a benchmark of kernels: which implementation of all families is called.
 *
 * <p>{@code scalar} and {@code simd} are the twins, {@code plain} the loops that a Java developer
 * would write ({@link Plain}). A subclass has the parameter {@code impl}, since not every family
 * has plain loops.
 */
@State(Scope.Benchmark)
public abstract class KernelState extends Checked {
  /** The size of the SIMD twins' team; the others use one thread whatever it says. */
  @Param({"1", "2"})
  public int threads;

  Kernels kernels;
  private Team team;

  @Override
  final void use(String implementation) {
    if (team == null) {
      team = Team.of(threads);
    }
    kernels =
        switch (implementation) {
          case "scalar" -> Kernels.scalar();
          case "simd" -> Twins.simd(team);
          case "plain" -> Plain.kernels();
          default -> throw new IllegalArgumentException("there is no impl " + implementation);
        };
  }

  /** Ends the team's threads. */
  @TearDown(Level.Trial)
  public void close() {
    team.close();
  }
}
