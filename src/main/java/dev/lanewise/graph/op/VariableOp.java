package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.graph.Variable;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * The current weights of a variable.
 *
 * @param variable the variable
 */
public record VariableOp(Variable variable) implements Op {
  @Override
  public String name() {
    return "variable '" + variable.name() + "'";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return variable.shape();
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
