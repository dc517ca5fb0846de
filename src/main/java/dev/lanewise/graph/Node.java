package dev.lanewise.graph;

import dev.lanewise.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a {@link Graph} applied to its inputs; two nodes are the same only if they are
 * the same object.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
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
   * Returns whether the value is ints.
   *
   * @return true for labels, or the argmax of a pooling; false for floats
   */
  public boolean ints() {
    return op.ints();
  }

  /** The values of the operation beside the one that the node stands for. */
  List<Op.Value> more() {
    return op.more(inputs.stream().map(Node::shape).toList());
  }

  /**
   * Returns what the node belongs to.
   *
   * @return a layer's name, or "" for nothing; see {@link Graph#scope}
   */
  public String scope() {
    return scope;
  }

  /**
   * Returns the variable in whose memory the value lies: its weights themselves, or reshaped.
   *
   * @return the variable, or null if the value lies in none
   */
  public @Nullable Variable variable() {
    return op.placement() == Op.Placement.SAME_AS_INPUT ? input(0).variable() : op.variable();
  }

  @Override
  public String toString() {
    return op.name() + " " + shape;
  }
}
