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
 * A loss of predictions or logits, input 0, with targets of the same shape, input 1: one loss an
 * image, the mean over its outputs. The gradient of the mean loss is its side result, computed in
 * the same pass.
 *
 * @param kind which loss
 */
public record RowLossOp(Kind kind) implements LossOp {
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
  public Side side() {
    return Side.FLOATS_OF_INPUT;
  }

  @Override
  public Node meanGradient(Graph graph, Node self) {
    return graph.add(new Gradient(kind, self.input(0).shape()), self);
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    throw new IllegalArgumentException(
        name() + " is differentiated as a mean loss only, not as part of a larger expression");
  }

  @Override
  public Step step(Node self, Binding binding) {
    Losses kernel = binding.kernels().losses();
    Shape shape = binding.shape(self.input(0));
    int rows = shape.dim(0);
    int columns = rows == 0 ? 1 : shape.elements() / rows;
    float[] x = binding.floats(self.input(0));
    float[] t = binding.floats(self.input(1));
    float[] loss = binding.floats(self);
    boolean squared = kind == Kind.MEAN_SQUARED_ERROR;
    if (!binding.needsSide(self)) {
      return squared
          ? () -> kernel.meanSquaredError(rows, columns, x, 0, columns, t, 0, columns, loss, 0)
          : () -> kernel.binaryCrossEntropy(rows, columns, x, 0, columns, t, 0, columns, loss, 0);
    }
    float[] dx = binding.sideFloats(self);
    float scale = 1f / rows;
    return squared
        ? () ->
            kernel.meanSquaredErrorGradient(
                rows, columns, x, 0, columns, t, 0, columns, loss, 0, scale, dx, 0, columns)
        : () ->
            kernel.binaryCrossEntropyGradient(
                rows, columns, x, 0, columns, t, 0, columns, loss, 0, scale, dx, 0, columns);
  }

  /**
   * The mean loss's gradient: the side result of input 0.
   *
   * @param kind which loss
   * @param value the predictions' shape
   */
  public record Gradient(Kind kind, Shape value) implements Op {
    @Override
    public String name() {
      return kind.words + " gradient";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return value;
    }

    @Override
    public Placement placement() {
      return Placement.SIDE_OF_INPUT;
    }

    @Override
    public boolean readsValue(int input) {
      return false;
    }

    @Override
    public boolean readsSide(int input) {
      return true;
    }

    @Override
    public Node gradient(Graph graph, Node self, Node dy, int input) {
      throw new IllegalArgumentException("second derivatives are not supported");
    }

    @Override
    public Step step(Node self, Binding binding) {
      return () -> {};
    }
  }
}
