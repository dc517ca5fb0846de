package dev.lanewise.bench;

import dev.lanewise.bench.plain.PlainPool2d;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Average-pooling, global average-pooling among it. */
public class AveragePool2dBench extends KernelBench {
  /** Images. */
  @State(Scope.Benchmark)
  public static class Layer extends KernelState.WithPlain {
    @Param({Shapes.POOL_MNIST, Shapes.POOL_OVERLAPPING, Shapes.POOL_GLOBAL})
    public String shape;

    Pool2dShape sizes;
    float[] x;
    float[] y;
    float[] dx;
    float[] dy;

    @Override
    void fill() {
      sizes = Shapes.pool(shape);
      x = input(1, sizes.inElements());
      y = output(sizes.outElements());
      dy = input(2, sizes.outElements());
      dx = output(sizes.inElements());
    }
  }

  @Benchmark
  public float[] forward(Layer s, Traffic traffic) {
    traffic.count((long) s.x.length + s.y.length, 1);
    if (s.plain) {
      PlainPool2d.average(s.sizes, s.x, s.y);
    } else {
      s.kernels.averagePool2d().forward(s.sizes, s.x, s.y);
    }
    return s.y;
  }

  @Benchmark
  public float[] backward(Layer s, Traffic traffic) {
    traffic.count((long) s.x.length + s.y.length, 1);
    if (s.plain) {
      PlainPool2d.averageBackward(s.sizes, s.dy, s.dx);
    } else {
      s.kernels.averagePool2d().backward(s.sizes, s.dy, 0, s.dx, 0);
    }
    return s.dx;
  }
}
