package dev.lanewise.graph;

import dev.lanewise.tensor.Shape;
import java.util.List;

/** The sum of two values of one shape: input 0 plus input 1. */
public record AddOp() implements Op {
  @Override
  public String name() {
    return "add";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.get(0).equals(inputs.get(1))) {
      throw new IllegalArgumentException(
          "add takes two values of one shape, but was given %s and %s"
              .formatted(inputs.get(0), inputs.get(1)));
    }
    return inputs.getFirst();
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return dy;
  }

  @Override
  public Runnable step(Binding binding) {
    return binding.step((k, n, a, b, c) -> k.elementwise().add(n, a, 0, b, 0, c, 0));
  }
}
