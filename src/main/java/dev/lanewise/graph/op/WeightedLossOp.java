package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
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
          "a weighted loss takes one weight an image, but was given losses %s and weights %s"
              .formatted(inputs.get(1), inputs.get(2)));
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
    Node dy = loss.op().meanGradient(graph, loss);
    return graph.add(
        new StepOp("weighted loss gradient", dy.shape(), binding -> weigh(binding, 0)),
        dy,
        self.input(2));
  }

  @Override
  public Runnable step(Binding binding) {
    return weigh(binding, 1);
  }

  /** Multiplies the rows of an input by one weight an image, the input behind it. */
  private static Runnable weigh(Binding binding, int input) {
    Losses kernel = binding.kernels().losses();
    Shape shape = binding.inputShape(input);
    int rows = shape.dim(0);
    int columns = shape.elements() / Math.max(1, rows);
    float[] x = binding.input(input);
    float[] weights = binding.input(input + 1);
    float[] y = binding.value();
    return () -> kernel.weigh(rows, columns, weights, 0, x, 0, y, 0);
  }
}
