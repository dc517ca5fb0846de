package dev.lanewise.bench;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.parallel.Team;
import dev.lanewise.testing.Shapes;
import dev.lanewise.testing.Twins;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The state of a benchmark of kernels: which implementation is called. {@code scalar} and {@code
 * simd} are the twins, {@code plain} the loops that a Java developer would write ({@link
 * dev.lanewise.bench.plain.Plain}); the benchmark itself calls those.
 */
@State(Scope.Benchmark)
public abstract class KernelState extends Checked {
  /** The size of the SIMD twins' team; the others use one thread whatever it says. */
  @Param({"1", "2"})
  public int threads;

  /** Kernels of all families. */
  Kernels kernels;

  /** Whether plain loops are called instead of the kernels. */
  boolean plain;

  private Team team;

  /** What is measured by the twins alone. */
  public abstract static class OfTwins extends KernelState {
    @Param({"scalar", "simd"})
    public String impl;

    @Override
    final String impl() {
      return impl;
    }
  }

  /** What is measured by the twins and by plain loops. */
  public abstract static class WithPlain extends KernelState {
    @Param({"scalar", "simd", "plain"})
    public String impl;

    @Override
    final String impl() {
      return impl;
    }
  }

  /** Two vectors to read or to change, and one to write. */
  public static class Vectors extends OfTwins {
    @Param({Shapes.TILE, Shapes.DENSE_WEIGHTS, Shapes.TEN_MILLION})
    public String shape;

    int n;
    float alpha;
    float factor;
    float[] x;
    float[] y;
    float[] z;

    @Override
    void fill() {
      n = Integer.parseInt(shape);
      alpha = 1e-6f;
      factor = 2;
      x = input(1, n);
      y = input(2, n);
      z = output(n);
    }
  }

  @Override
  final void use(String implementation) {
    if (team == null) {
      team = Team.of(threads);
    }
    boolean simd = implementation.equals("simd");
    plain = implementation.equals("plain") && !(this instanceof OfTwins);
    if (!simd && !plain && !implementation.equals("scalar")) {
      throw new IllegalArgumentException("there is no impl " + implementation + " of this");
    }
    kernels = simd ? Twins.simd(team) : Kernels.scalar();
  }

  /** Ends the team's threads. */
  @TearDown(Level.Trial)
  public void close() {
    team.close();
  }
}
