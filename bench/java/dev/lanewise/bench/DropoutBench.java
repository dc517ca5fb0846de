package dev.lanewise.bench;

import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Dropout of a tile of the convolution, of the dense layer's output and of the pooled images. */
public class DropoutBench extends KernelBench {
  /** Values; every call draws anew. */
  @State(Scope.Benchmark)
  public static class Vector extends KernelState.OfTwins {
    @Param({Shapes.TILE, Shapes.DENSE_VALUES, Shapes.POOLED_VALUES})
    public String shape;

    int n;
    float[] x;
    float[] y;
    long key;

    @Override
    void fill() {
      n = Integer.parseInt(shape);
      x = input(1, n);
      y = output(n);
      key = 1;
    }
  }

  @Benchmark
  public float[] dropout(Vector s, Traffic traffic) {
    traffic.count(s.n, 2);
    s.kernels.dropout().apply(s.n, 0.25, s.key++, 0, s.x, 0, s.y, 0);
    return s.y;
  }
}
