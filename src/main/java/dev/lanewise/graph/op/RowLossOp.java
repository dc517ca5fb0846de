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
 * A loss of predictions or logits, input 0, with targets of the same shape, input 1: one loss an
 * image, the mean over its outputs. Its second value is the gradient of the mean loss with respect
 * to input 0, computed in the same pass.
 *
 * @param kind which loss
 */
public record RowLossOp(Kind kind) implements Op {
  /** The losses. */
  public enum Kind {
    /** The mean squared error of predictions. */
    MEAN_SQUARED_ERROR("mean squared error"),
    /** The binary cross-entropy of the sigmoid of logits. */
    BINARY_CROSS_ENTROPY("binary cross-entropy");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  @Override
  public String name() {
    return kind.words;
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (x.rank() < 2 || !inputs.get(1).equals(x)) {
      throw new IllegalArgumentException(
          name()
              + " takes predictions (batch, outputs) and targets of the same shape, but was given "
              + x
              + " and "
              + inputs.get(1));
    }
    return Shape.of(x.dim(0));
  }

  @Override
  public List<Value> more(List<Shape> inputs) {
    return List.of(new Value(name() + " gradient", inputs.getFirst(), false));
  }

  @Override
  public boolean isLoss() {
    return true;
  }

  @Override
  public Node meanGradient(Graph graph, Node self) {
    return graph.value(self, 1);
  }

  @Override
  public Step step(Binding binding) {
    Losses kernel = binding.kernels().losses();
    Shape shape = binding.inputShape(0);
    int rows = shape.dim(0);
    int columns = rows == 0 ? 1 : shape.elements() / rows;
    float[] x = binding.input(0);
    float[] t = binding.input(1);
    float[] loss = binding.value();
    boolean squared = kind == Kind.MEAN_SQUARED_ERROR;
    if (!binding.wanted(1)) {
      return squared
          ? () -> kernel.meanSquaredError(rows, columns, x, 0, columns, t, 0, columns, loss, 0)
          : () -> kernel.binaryCrossEntropy(rows, columns, x, 0, columns, t, 0, columns, loss, 0);
    }
    float[] dx = binding.value(1);
    float scale = 1f / rows;
    return squared
        ? () ->
            kernel.meanSquaredErrorGradient(
                rows, columns, x, 0, columns, t, 0, columns, loss, 0, scale, dx, 0, columns)
        : () ->
            kernel.binaryCrossEntropyGradient(
                rows, columns, x, 0, columns, t, 0, columns, loss, 0, scale, dx, 0, columns);
  }
}
