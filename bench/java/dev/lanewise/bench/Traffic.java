package dev.lanewise.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Bytes that a kernel's arguments make it read and write, in 10^9: the line {@code :GB} a second.
 */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Traffic {
  /** Billions of bytes so far. */
  public double GB;

  /** Counts a call that reads and writes {@code arrays} floats for each of {@code n} elements. */
  final void count(long n, int arrays) {
    GB += 1e-9 * Float.BYTES * arrays * n;
  }
}
