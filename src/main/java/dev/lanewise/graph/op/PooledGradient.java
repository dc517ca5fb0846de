package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.TileSource;
import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * Gradients of what lies before a max-pooling, from the gradient behind it and the winners: plans
 * put them in the place of a {@link MaxPool2dOp.Gradient} and what reads it.
 */
public final class PooledGradient {
  private PooledGradient() {}

  /**
   * The gradient of a convolution's weights, from the images, input 0, the gradient of the pooled
   * output, input 1, and the winners, input 2.
   *
   * @param sizes the convolution
   * @param window the pooling
   */
  public record Weights(Conv2dShape sizes, Pool2dShape window) implements Op {
    @Override
    public String name() {
      return "conv2d weight gradient behind max pool";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return Conv2dOp.weights(sizes);
    }

    @Override
    public Step step(Binding binding) {
      Conv2d kernel = binding.kernels().conv2d();
      int batch = binding.inputShape(0).dim(0);
      Conv2dShape conv = sizes.withBatch(batch);
      Pool2dShape pool = window.withBatch(batch);
      float[] x = binding.input(0);
      TileSource dy =
          binding.kernels().maxPool2d().unpooled(pool, binding.input(1), 0, binding.ints(2), 0);
      float[] dw = binding.value();
      return () -> kernel.backwardWeights(conv, x, 0, dy, dw, 0);
    }
  }

  /**
   * The gradient of a bias, from the gradient of the pooled output, input 0, and the winners, input
   * 1.
   *
   * @param window the pooling
   */
  public record Bias(Pool2dShape window) implements Op {
    @Override
    public String name() {
      return "bias gradient behind max pool";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return Shape.of(window.channels());
    }

    @Override
    public Step step(Binding binding) {
      Conv2d kernel = binding.kernels().conv2d();
      Pool2dShape pool = window.withBatch(binding.inputShape(0).dim(0));
      TileSource dy =
          binding.kernels().maxPool2d().unpooled(pool, binding.input(0), 0, binding.ints(1), 0);
      Conv2dShape pixels =
          Conv2dShape.valid(
              pool.batch(), pool.inHeight(), pool.inWidth(), 1, pool.channels(), 1, 1);
      float[] db = binding.value();
      return () -> kernel.backwardBias(pixels, dy, db, 0);
    }
  }
}
