package dev.lanewise.graph.op;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * The same elements under another shape: nothing is moved.
 *
 * @param value the new shape, with as many elements (an image, if its first dimension is the batch)
 */
public record ReshapeOp(Shape value) implements Op {
  @Override
  public String name() {
    return "reshape";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape input = inputs.getFirst();
    if (input.hasBatch() != value.hasBatch()
        || input.withBatch(1).elements() != value.withBatch(1).elements()) {
      throw new IllegalArgumentException(
          "reshape to " + value + " needs as many elements as its input has, which is " + input);
    }
    return value;
  }

  @Override
  public Placement placement() {
    return Placement.SAME_AS_INPUT;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return graph.add(new ReshapeOp(self.input(0).shape()), dy);
  }
}
