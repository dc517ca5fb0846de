package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.TileProducer;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.conv2d.Conv2d;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * 2-D convolution of images, input 0 (NHWC), with weights, input 1 (HWIO).
 *
 * @param sizes the convolution; its batch is not looked at
 */
public record Conv2dOp(Conv2dShape sizes) implements TileProducer {
  @Override
  public String name() {
    return "conv2d";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    checkImages(name(), x, sizes.inHeight(), sizes.inWidth(), sizes.inChannels());
    Shape weights = weights(sizes);
    if (!inputs.get(1).equals(weights)) {
      throw new IllegalArgumentException(
          "conv2d takes weights " + weights + ", but was given " + inputs.get(1));
    }
    return Shape.of(x.dim(0), sizes.outHeight(), sizes.outWidth(), sizes.filters());
  }

  /** Refuses a shape that is not (batch, height, width, channels) with these three sizes. */
  static void checkImages(String op, Shape x, int height, int width, int channels) {
    if (x.rank() != 4 || x.dim(1) != height || x.dim(2) != width || x.dim(3) != channels) {
      throw new IllegalArgumentException(
          "%s takes images (batch, %s, %s, %s), but was given %s"
              .formatted(op, height, width, channels, x));
    }
  }

  /**
   * Returns the shape of a convolution's weights.
   *
   * @param sizes the convolution
   * @return kernelHeight, kernelWidth, inChannels / groups, filters
   */
  public static Shape weights(Conv2dShape sizes) {
    return Shape.of(
        sizes.kernelHeight(),
        sizes.kernelWidth(),
        sizes.inChannels() / sizes.groups(),
        sizes.filters());
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    Node x = self.input(0);
    return input == 0
        ? graph.add(
            new StepOp("conv2d input gradient", x.shape(), this::backwardInput), dy, self.input(1))
        : graph.add(new WeightGradient(sizes), x, dy);
  }

  @Override
  public Runnable step(Binding binding) {
    Conv2dShape shape = sizes.withBatch(binding.shape().dim(0));
    return binding.step((k, _, x, w, y) -> k.conv2d().forward(shape, x, 0, w, 0, y, 0));
  }

  @Override
  public Runnable step(Binding binding, TileConsumer consumer, boolean stored) {
    Conv2d kernel = binding.kernels().conv2d();
    Conv2dShape shape = sizes.withBatch(binding.shape().dim(0));
    float[] x = binding.input(0);
    float[] w = binding.input(1);
    if (!stored) {
      return () -> kernel.forwardTiles(shape, x, 0, w, 0, consumer);
    }
    float[] y = binding.value();
    return () -> kernel.forward(shape, x, 0, w, 0, y, 0, consumer);
  }

  /** From the output's gradient, input 0, and the weights, input 1. */
  private Runnable backwardInput(Binding binding) {
    Conv2dShape shape = sizes.withBatch(binding.shape().dim(0));
    return binding.step((k, _, dy, w, dx) -> k.conv2d().backwardInput(shape, dy, 0, w, 0, dx, 0));
  }

  /**
   * The convolution's gradient with respect to its weights, from the images, input 0, and the
   * output's gradient, input 1.
   *
   * @param sizes the convolution
   */
  public record WeightGradient(Conv2dShape sizes) implements Op {
    @Override
    public String name() {
      return "conv2d weight gradient";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return weights(sizes);
    }

    @Override
    public Runnable step(Binding binding) {
      Conv2dShape shape = sizes.withBatch(binding.inputShape(0).dim(0));
      return binding.step(
          (k, _, x, dy, dw) -> k.conv2d().backwardWeights(shape, x, 0, dy, 0, dw, 0));
    }
  }
}
