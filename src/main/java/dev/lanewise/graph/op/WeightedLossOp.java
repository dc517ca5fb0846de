package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.LossOp;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.loss.Losses;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * A loss, input 1, times one weight an image, input 2; input 0 is what the loss is differentiated
 * by. The mean divides by the number of images, not by the sum of the weights, as in Keras.
 */
public record WeightedLossOp() implements LossOp {
  @Override
  public String name() {
    return "weighted loss";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (inputs.get(1).rank() != 1 || !inputs.get(2).equals(inputs.get(1))) {
      throw new IllegalArgumentException(
          "a weighted loss takes one weight an image, but was given losses "
              + inputs.get(1)
              + " and weights "
              + inputs.get(2));
    }
    return inputs.get(1);
  }

  @Override
  public boolean readsValue(int input) {
    return input > 0;
  }

  @Override
  public Node meanGradient(Graph graph, Node self) {
    Node loss = self.input(1);
    if (!(loss.op() instanceof LossOp op)) {
      throw new IllegalArgumentException("'" + loss.op().name() + "' is no loss");
    }
    return graph.add(new Gradient(), op.meanGradient(graph, loss), self.input(2));
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    throw new IllegalArgumentException(
        "a weighted loss is differentiated as a mean loss only, not as part of an expression");
  }

  @Override
  public Step step(Node self, Binding binding) {
    Losses kernel = binding.kernels().losses();
    int rows = binding.shape(self).dim(0);
    float[] loss = binding.floats(self.input(1));
    float[] weights = binding.floats(self.input(2));
    float[] y = binding.floats(self);
    return () -> kernel.weigh(rows, 1, weights, 0, loss, 0, y, 0);
  }

  /** The rows of a gradient, input 0, times one weight an image, input 1. */
  public record Gradient() implements Op {
    @Override
    public String name() {
      return "weighted loss gradient";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return inputs.getFirst();
    }

    @Override
    public Node gradient(Graph graph, Node self, Node dy, int input) {
      throw new IllegalArgumentException("second derivatives are not supported");
    }

    @Override
    public Step step(Node self, Binding binding) {
      Losses kernel = binding.kernels().losses();
      Shape shape = binding.shape(self);
      int rows = shape.dim(0);
      int columns = rows == 0 ? 1 : shape.elements() / rows;
      float[] dy = binding.floats(self.input(0));
      float[] weights = binding.floats(self.input(1));
      float[] dx = binding.floats(self);
      return () -> kernel.weigh(rows, columns, weights, 0, dy, 0, dx, 0);
    }
  }
}
