package dev.lanewise.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Operations of a kernel that has many for each byte, beside the bytes: the lines {@code :GFLOP}
 * and {@code :GB} a second.
 */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Work {
  /** Billions of floating-point operations so far; a fused multiply-add is two. */
  public double GFLOP;

  /** Billions of bytes so far that arguments were read or written: each element once. */
  public double GB;

  /** Counts a call of so many fused multiply-adds with arguments of so many floats. */
  final void count(long terms, long floats) {
    GFLOP += 2e-9 * terms;
    GB += 1e-9 * Float.BYTES * floats;
  }
}
