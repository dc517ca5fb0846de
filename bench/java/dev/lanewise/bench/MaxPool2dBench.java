package dev.lanewise.bench;

import dev.lanewise.bench.plain.PlainPool2d;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Max-pooling; bytes are those of input, output and winners. */
public class MaxPool2dBench extends KernelBench {
  /** Images, and the winners of a forward pass. */
  @State(Scope.Benchmark)
  public static class Layer extends KernelState.WithPlain {
    @Param({Shapes.POOL_MNIST, Shapes.POOL_OVERLAPPING})
    public String shape;

    Pool2dShape sizes;
    float[] x;
    float[] y;
    float[] dx;
    float[] dy;
    int[] argmax;

    @Override
    void fill() {
      sizes = Shapes.pool(shape);
      x = input(1, sizes.inElements());
      y = output(sizes.outElements());
      dy = input(2, sizes.outElements());
      dx = output(sizes.inElements());
      argmax = kept(new int[sizes.outElements()]);
      kernels.maxPool2d().forward(sizes, x, 0, y, 0, argmax, 0);
    }
  }

  /** Images whose rows come as a convolution hands them on: windows lie side by side. */
  @State(Scope.Benchmark)
  public static class Tiles extends KernelState.OfTwins {
    @Param({Shapes.POOL_MNIST, Shapes.POOL_APART})
    public String shape;

    Pool2dShape sizes;
    float[] x;
    float[] y;
    TileConsumer consumer;

    @Override
    void fill() {
      sizes = Shapes.pool(shape);
      x = input(1, sizes.inElements());
      y = output(sizes.outElements());
      int[] argmax = kept(new int[sizes.outElements()]);
      consumer = kernels.maxPool2d().tiles(sizes, y, 0, argmax, 0, null);
    }
  }

  /** Forward with winners, as in training. */
  @Benchmark
  public float[] forward(Layer s, Traffic traffic) {
    traffic.count(s.x.length + 2L * s.y.length, 1);
    if (s.plain) {
      PlainPool2d.max(s.sizes, s.x, s.y, s.argmax);
    } else {
      s.kernels.maxPool2d().forward(s.sizes, s.x, 0, s.y, 0, s.argmax, 0);
    }
    return s.y;
  }

  /** Forward without winners, as in evaluation. */
  @Benchmark
  public float[] forwardOnly(Layer s, Traffic traffic) {
    traffic.count((long) s.x.length + s.y.length, 1);
    if (s.plain) {
      PlainPool2d.max(s.sizes, s.x, s.y);
    } else {
      s.kernels.maxPool2d().forward(s.sizes, s.x, s.y);
    }
    return s.y;
  }

  @Benchmark
  public float[] backward(Layer s, Traffic traffic) {
    traffic.count(s.x.length + 2L * s.y.length, 1);
    if (s.plain) {
      PlainPool2d.maxBackward(s.sizes, s.dy, s.argmax, s.dx);
    } else {
      s.kernels.maxPool2d().backward(s.sizes, s.dy, 0, s.argmax, 0, s.dx, 0);
    }
    return s.dx;
  }

  /** Tiles of two rows of windows, on one thread. */
  @Benchmark
  public float[] tiles(Tiles s, Traffic traffic) {
    traffic.count(s.x.length + 2L * s.y.length, 1);
    Pool2dShape sizes = s.sizes;
    int channels = sizes.channels();
    int width = sizes.inWidth();
    int high = 2 * sizes.strideHeight();
    for (int image = 0; image < sizes.batch(); image++) {
      for (int ih = 0; ih < sizes.inHeight(); ih += high) {
        int row = (image * sizes.inHeight() + ih) * width;
        int rows = Math.min(high, sizes.inHeight() - ih) * width;
        s.consumer.accept(s.x, row * channels, channels, row, rows, 0, channels);
      }
    }
    return s.y;
  }
}
