package dev.lanewise.bench;

import org.openjdk.jmh.annotations.Benchmark;

/** x. */
public class RoofBench {
  @Benchmark
  public int x() {
    return 1;
  }
}
