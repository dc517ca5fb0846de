package dev.lanewise.bench;

import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Matmul;
import dev.lanewise.kernel.pointwise.Dropout;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.testing.Shapes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The convolutional layer of the MNIST network as a training step runs it: convolution, bias, ReLU,
 * 2 × 2 max-pooling and dropout on tiles that are still hot. Bytes are those of the layer's input
 * and output.
 */
public class MnistLayerBench extends KernelBench {
  private static final double RATE = 0.25;

  /** The layer, its gradients, and the winners of a forward pass. */
  @State(Scope.Benchmark)
  public static class Layer extends KernelState.OfTwins {
    @Param({Shapes.CONV_MNIST})
    public String shape;

    Conv2dShape conv;
    Pool2dShape pool;
    TileConsumer chain;
    float[] x;
    float[] w;
    float[] y;
    int[] argmax;
    float[] dy;
    TileSource unpooled;
    float[] masked;
    TileSource unpooledMasked;
    float[] dw;
    float[] db;

    @Override
    void fill() {
      conv = Shapes.conv(shape);
      pool =
          Pool2dShape.valid(conv.batch(), conv.outHeight(), conv.outWidth(), conv.filters(), 2, 2);
      x = input(1, conv.inElements());
      for (int i = 0; i < x.length; i++) {
        x[i] = Math.max(0, x[i]); // as in an image, most pixels are black
      }
      w = input(2, conv.weightElements());
      float[] bias = input(3, conv.filters());
      dy = input(4, pool.outElements());
      y = output(pool.outElements());
      argmax = kept(new int[pool.outElements()]);
      masked = output(pool.outElements());
      unpooled = kernels.maxPool2d().unpooled(pool, dy, 0, argmax, 0);
      unpooledMasked = kernels.maxPool2d().unpooled(pool, masked, 0, argmax, 0);
      dw = output(conv.weightElements());
      db = output(conv.filters());
      TileConsumer dropout =
          (tile, offset, ld, row, rows, column, columns) -> {
            int n = rows * columns;
            kernels.dropout().apply(n, RATE, 1, row * columns, tile, offset, tile, offset);
          };
      chain =
          kernels
              .maxPool2d()
              .tiles(pool, y, 0, argmax, 0, dropout)
              .behind(kernels.activation().biasReluTiles(bias, 0));
      kernels.conv2d().forwardTiles(conv, x, 0, w, 0, chain);
    }

    void count(Work work) {
      work.count((long) w.length * conv.outElements() / conv.filters(), (long) x.length + y.length);
    }
  }

  /** The whole chain, tile by tile. */
  @Benchmark
  public float[] forward(Layer s, Work work) {
    s.count(work);
    s.kernels.conv2d().forwardTiles(s.conv, s.x, 0, s.w, 0, s.chain);
    return s.y;
  }

  /** Without anything behind the convolution. */
  @Benchmark
  public float[] convolution(Layer s, Work work) {
    s.count(work);
    s.kernels.conv2d().forwardTiles(s.conv, s.x, 0, s.w, 0, Matmul.NOTHING);
    return s.y;
  }

  /** Gradients of dropout, ReLU and pooling, then of weights and bias. */
  @Benchmark
  public float[] backward(Layer s, Work work) {
    s.count(work);
    int n = s.dy.length;
    s.kernels.activation().backwardScaledRelu(n, Dropout.scale(RATE), s.y, 0, s.dy, 0, s.masked, 0);
    Conv2d conv2d = s.kernels.conv2d();
    conv2d.backwardWeights(s.conv, s.x, 0, s.unpooledMasked, s.dw, 0);
    conv2d.backwardBias(s.conv, s.unpooledMasked, s.db, 0);
    return s.dw;
  }

  /** The gradient of the weights alone. */
  @Benchmark
  public float[] backwardWeights(Layer s, Work work) {
    s.count(work);
    s.kernels.conv2d().backwardWeights(s.conv, s.x, 0, s.unpooled, s.dw, 0);
    return s.dw;
  }

  /** The gradient of the bias alone. */
  @Benchmark
  public float[] backwardBias(Layer s, Traffic traffic) {
    traffic.count(s.dy.length, 2); // gradients and winners
    s.kernels.conv2d().backwardBias(s.conv, s.unpooled, s.db, 0);
    return s.db;
  }
}
