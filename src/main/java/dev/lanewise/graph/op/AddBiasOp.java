package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * Adds a bias, input 1, one value a channel, to input 0, whose last dimension is the channel.
 *
 * @param relu whether {@link ReluOp} follows in the same pass: plans put that in the place of both
 */
public record AddBiasOp(boolean relu) implements TileFollower {
  @Override
  public String name() {
    return relu ? "add bias + relu" : "add bias";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    Shape bias = inputs.get(1);
    if (x.rank() < 1 || bias.rank() != 1 || bias.dim(0) < 1 || bias.dim(0) != x.dim(-1)) {
      throw new IllegalArgumentException(
          ("add bias takes one value for each of the last dimension, but was given %s and a bias"
                  + " of shape %s")
              .formatted(x, bias));
    }
    return x;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return input == 0 ? dy : graph.add(new Gradient(), dy);
  }

  @Override
  public Runnable step(Binding binding) {
    int columns = binding.inputShape(1).elements();
    return relu
        ? binding.step(
            (k, n, x, bias, y) -> k.activation().addBiasRelu(n / columns, columns, x, bias, y))
        : binding.step(
            (k, n, x, bias, y) ->
                k.activation()
                    .addBias(n / columns, columns, x, 0, columns, bias, 0, y, 0, columns));
  }

  @Override
  public TileConsumer consumer(Binding binding) {
    Activation kernel = binding.kernels().activation();
    float[] bias = binding.input(1);
    return relu ? kernel.biasReluTiles(bias, 0) : kernel.biasTiles(bias, 0);
  }

  /**
   * The bias gradient: the sum of the gradient over everything but the channel. Over images (rank
   * 4) by the convolution's rule, over rows (rank 2) as a reduction.
   */
  public record Gradient() implements Op {
    @Override
    public String name() {
      return "bias gradient";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      Shape dy = inputs.getFirst();
      if (dy.rank() != 2 && dy.rank() != 4) {
        throw new IllegalArgumentException(
            "the bias gradient is defined for rank 2 and rank 4, but was asked for " + dy);
      }
      return Shape.of(dy.dim(-1));
    }

    @Override
    public Runnable step(Binding binding) {
      Shape shape = binding.inputShape(0);
      if (shape.rank() == 4) {
        Conv2dShape pixels =
            Conv2dShape.valid(shape.dim(0), shape.dim(1), shape.dim(2), 1, shape.dim(3), 1, 1);
        return binding.step((k, _, dy, db) -> k.conv2d().backwardBias(pixels, dy, 0, db, 0));
      }
      int rows = shape.dim(0);
      return binding.step((k, n, dy, db) -> k.reduce().sumRows(rows, n, dy, 0, n, db, 0));
    }
  }
}
