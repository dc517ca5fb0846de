package dev.lanewise.bench;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The state of a benchmark of another library: checked against our scalar twin like our own. */
@State(Scope.Benchmark)
public abstract class PeerState extends Checked {
  /** How many threads the library may use. */
  @Param({"1", "2"})
  public int threads;

  /** What {@link #fill} builds. */
  String used;

  @Override
  final void use(String implementation) {
    used = implementation;
  }

  /** The library, its version, its kernel and its threads: printed once. */
  abstract String about();

  @Override
  public void setUp(BenchmarkParams params) throws ReflectiveOperationException {
    super.setUp(params);
    // JMH may have begun a line.
    System.out.printf("%n# %s: %s%n", impl(), about());
  }
}
