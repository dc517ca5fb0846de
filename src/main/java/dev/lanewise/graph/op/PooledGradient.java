package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
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
   * output, input 1, and the pooling, input 2, whose winners are read.
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
    public boolean readsValue(int input) {
      return input < 2;
    }

    @Override
    public boolean readsSide(int input) {
      return input == 2;
    }

    @Override
    public Node gradient(Graph graph, Node self, Node dy, int input) {
      throw new IllegalArgumentException("second derivatives are not supported");
    }

    @Override
    public Step step(Node self, Binding binding) {
      Conv2d kernel = binding.kernels().conv2d();
      int batch = binding.shape(self.input(0)).dim(0);
      Conv2dShape conv = sizes.withBatch(batch);
      Pool2dShape pool = window.withBatch(batch);
      float[] x = binding.floats(self.input(0));
      float[] dy = binding.floats(self.input(1));
      int[] taps = binding.sideInts(self.input(2));
      float[] dw = binding.floats(self);
      return () -> kernel.backwardWeightsPooled(conv, pool, x, 0, dy, 0, taps, 0, dw, 0);
    }
  }

  /**
   * The gradient of a bias, from the gradient of the pooled output, input 0, and the pooling, input
   * 1, whose winners are read.
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
    public boolean readsValue(int input) {
      return input == 0;
    }

    @Override
    public boolean readsSide(int input) {
      return input == 1;
    }

    @Override
    public Node gradient(Graph graph, Node self, Node dy, int input) {
      throw new IllegalArgumentException("second derivatives are not supported");
    }

    @Override
    public Step step(Node self, Binding binding) {
      Conv2d kernel = binding.kernels().conv2d();
      Pool2dShape pool = window.withBatch(binding.shape(self.input(0)).dim(0));
      float[] dy = binding.floats(self.input(0));
      int[] taps = binding.sideInts(self.input(1));
      float[] db = binding.floats(self);
      return () -> kernel.backwardBiasPooled(pool, dy, 0, taps, 0, db, 0);
    }
  }
}
