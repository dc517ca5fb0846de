package dev.lanewise.graph;

import dev.lanewise.graph.op.VariableOp;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * One operation of a {@link Graph} applied to its inputs; two nodes are the same only if they are
 * the same object.
 */
public final class Node {
  private final Op op;
  private final List<Node> inputs;
  private final Shape shape;
  private final String scope;

  Node(Op op, List<Node> inputs, Shape shape, String scope) {
    this.op = op;
    this.inputs = inputs;
    this.shape = shape;
    this.scope = scope;
  }

  /**
   * Returns the operation.
   *
   * @return the operation
   */
  public Op op() {
    return op;
  }

  /**
   * Returns the nodes that the operation is applied to.
   *
   * @return in the operation's order
   */
  public List<Node> inputs() {
    return inputs;
  }

  /**
   * Returns one of the inputs.
   *
   * @param index which one, from 0
   * @return the node
   */
  public Node input(int index) {
    return inputs.get(index);
  }

  /**
   * Returns the shape of the value, whose first dimension may be the batch.
   *
   * @return the shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Returns what the node belongs to.
   *
   * @return a layer's name, or "" for nothing; see {@link Graph#scope}
   */
  public String scope() {
    return scope;
  }

  /** Whether the value lies in a variable's memory: the variable itself, or reshaped. */
  boolean isInVariable() {
    return op instanceof VariableOp
        || (op.placement() == Op.Placement.SAME_AS_INPUT && input(0).isInVariable());
  }

  @Override
  public String toString() {
    return op.name() + " " + shape;
  }
}
