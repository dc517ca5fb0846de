package dev.lanewise.graph.op;

import dev.lanewise.graph.Op;
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
}
