package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * Values that the caller fills in before a plan runs: float features or targets.
 *
 * @param label what messages call it
 * @param value its shape
 */
public record InputOp(String label, Shape value) implements Op {
  @Override
  public String name() {
    return "input '" + label + "'";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return value;
  }

  @Override
  public Placement placement() {
    return Placement.OUTSIDE;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    throw new IllegalArgumentException(name() + " has no inputs to differentiate by");
  }

  @Override
  public Step step(Node self, Binding binding) {
    return () -> {};
  }
}
