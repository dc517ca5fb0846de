package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
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
public record WeightedLossOp() implements Op {
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
  public boolean isLoss() {
    return true;
  }

  @Override
  public Node meanGradient(Graph graph, Node self) {
    Node loss = self.input(1);
    return graph.add(new Gradient(), loss.op().meanGradient(graph, loss), self.input(2));
  }

  @Override
  public Step step(Binding binding) {
    Losses kernel = binding.kernels().losses();
    int rows = binding.shape().dim(0);
    float[] loss = binding.input(1);
    float[] weights = binding.input(2);
    float[] y = binding.value();
    return () -> kernel.weigh(rows, 1, weights, 0, loss, 0, y, 0);
  }

  /** The rows of a gradient, input 0, times one weight an image, input 1. */
  public record Gradient() implements Op {
    @Override
    public String name() {
      return "weighted loss gradient";
    }

    @Override
    public Step step(Binding binding) {
      Losses kernel = binding.kernels().losses();
      Shape shape = binding.shape();
      int rows = shape.dim(0);
      int columns = rows == 0 ? 1 : shape.elements() / rows;
      float[] dy = binding.input(0);
      float[] weights = binding.input(1);
      float[] dx = binding.value();
      return () -> kernel.weigh(rows, columns, weights, 0, dy, 0, dx, 0);
    }
  }
}
