package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.tensor.Shape;
import java.util.List;

/** An image's elements as one row, channels fastest (Keras's Flatten). */
public record Flatten() implements Layer {
  @Override
  public Shape outputShape(Shape input) {
    return Shape.of(input.elements());
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    return ops.reshape(x, outputShape(x.shape().sample()).batched());
  }
}
