package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * An optimizer's update of a variable from its gradient, input 0. It has no value; a plan runs it
 * after everything that reads the old weights.
 *
 * @param variable the variable to update
 * @param updater the optimizer's rule for it
 */
public record UpdateOp(Variable variable, Updater updater) implements Op {
  @Override
  public String name() {
    return "update of '" + variable.name() + "'";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.getFirst().equals(variable.shape())) {
      throw new IllegalArgumentException(
          name()
              + " takes a gradient of shape "
              + variable.shape()
              + ", but was given "
              + inputs.getFirst());
    }
    return variable.shape();
  }

  @Override
  public Placement placement() {
    return Placement.NONE;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    throw new IllegalArgumentException(name() + " cannot be differentiated");
  }

  @Override
  public Step step(Node self, Binding binding) {
    Update kernels = binding.kernels().update();
    float[] gradient = binding.floats(self.input(0));
    int count = variable.shape().elements();
    return () -> updater.update(kernels, gradient, 0, 0, count);
  }
}
