package dev.lanewise.graph;

import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * An operation: its shape rule, its gradient and the step that runs it, in one place.
 *
 * <p>An operation is a value: it holds attributes (a stride, a rate), never buffers. A plan asks
 * for {@link #step} once, with all buffers assigned, and runs the returned step from then on.
 */
public interface Op {
  /** Where an operation's value is kept. */
  enum Placement {
    /** In memory that the plan assigns. */
    OWN,
    /** As {@link #OWN}, or in the memory of input 0 if nothing else reads that any more. */
    IN_PLACE,
    /** In the memory of input 0: the same elements under another shape. */
    SAME_AS_INPUT,
    /** In the side result of input 0. */
    SIDE_OF_INPUT,
    /** In memory that outlives the step: a variable, or what the caller fills in. */
    OUTSIDE,
    /** Nowhere: the operation has an effect and no value. */
    NONE
  }

  /** What an operation computes beside its value, for its gradient to read. */
  enum Side {
    /** Nothing. */
    NONE,
    /** Floats, as many as input 0 has elements. */
    FLOATS_OF_INPUT,
    /** Ints, as many as the value has elements. */
    INTS_OF_VALUE
  }

  /**
   * Returns the operation's name for messages.
   *
   * @return the simple class name unless overridden
   */
  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * Returns the shape of the value and checks those of the inputs.
   *
   * @param inputs the inputs' shapes; a batch dimension may be open
   * @return the value's shape
   * @throws IllegalArgumentException if the inputs do not fit, in one sentence with their shapes
   */
  Shape shape(List<Shape> inputs);

  /**
   * Returns where the value is kept.
   *
   * @return {@link Placement#OWN} unless overridden
   */
  default Placement placement() {
    return Placement.OWN;
  }

  /**
   * Returns what the operation computes beside its value.
   *
   * @return {@link Side#NONE} unless overridden
   */
  default Side side() {
    return Side.NONE;
  }

  /**
   * Returns whether the operation reads an input's value.
   *
   * @param input which input
   * @return false for an input that is only named for its side result
   */
  default boolean readsValue(int input) {
    return true;
  }

  /**
   * Returns whether the operation reads an input's side result.
   *
   * @param input which input
   * @return false unless overridden
   */
  default boolean readsSide(int input) {
    return false;
  }

  /**
   * Appends the nodes that compute the gradient with respect to one input.
   *
   * @param graph the graph to append to
   * @param self the node whose operation this is
   * @param dy the gradient with respect to the node's value
   * @param input which input
   * @return the gradient with respect to that input
   * @throws IllegalArgumentException if there is no such gradient
   */
  Node gradient(Graph graph, Node self, Node dy, int input);

  /**
   * Builds the step that computes the value.
   *
   * @param self the node whose operation this is
   * @param binding the plan's buffers, kernels and state
   * @return the step; running it allocates nothing
   */
  Step step(Node self, Binding binding);
}
