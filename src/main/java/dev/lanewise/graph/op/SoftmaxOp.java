package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.tensor.Shape;
import java.util.List;

/** Softmax of input 0 over its last dimension. */
public record SoftmaxOp() implements Op {
  @Override
  public String name() {
    return "softmax";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.getFirst();
    if (x.rank() < 1 || x.dim(-1) < 1) {
      throw new IllegalArgumentException(
          "softmax takes at least one class in the last dimension, but was given " + x);
    }
    return x;
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return graph.add(new StepOp("softmax gradient", dy.shape(), this::backward), self, dy);
  }

  @Override
  public Runnable step(Binding binding) {
    int columns = binding.shape().dim(-1);
    return binding.step(
        (k, n, x, y) -> k.softmax().softmax(n / columns, columns, x, 0, columns, y, 0, columns));
  }

  /** From the output, input 0, and its gradient, input 1. */
  private Runnable backward(Binding binding) {
    int columns = binding.shape().dim(-1);
    return binding.step(
        (k, n, y, dy, dx) ->
            k.softmax()
                .backwardSoftmax(
                    n / columns, columns, y, 0, columns, dy, 0, columns, dx, 0, columns));
  }
}
