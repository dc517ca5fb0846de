package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import java.util.List;

/**
 * An activation function as a layer of its own (Keras's Activation).
 *
 * @param function the function
 */
public record Activation(ActivationFunction function) implements Layer {
  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    return function.apply(ops, x);
  }
}
