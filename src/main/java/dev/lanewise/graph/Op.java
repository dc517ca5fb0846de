package dev.lanewise.graph;

import dev.lanewise.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation: its shape rule, its gradient and the step that runs it, in one place.
 *
 * <p>An operation is a value: it holds attributes (a stride, a rate), never buffers. A plan asks
 * for {@link #step} once, with all buffers assigned, and runs the returned step from then on.
 *
 * <p>An operation may have several values, all computed by its one step. A node stands for the
 * first; {@link Graph#value} appends a node that stands for another.
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public interface Op {
  /** Where an operation's first value is kept. */
  enum Placement {
    /** In memory that the plan assigns. */
    OWN,
    /** As {@link #OWN}, or in the memory of input 0 if nothing else reads that any more. */
    IN_PLACE,
    /** In the memory of input 0: the same elements under another shape. */
    SAME_AS_INPUT,
    /** In memory that outlives the step: a variable, or what the caller fills in. */
    OUTSIDE,
    /** Nowhere: the operation has an effect and no value. A plan runs it after all others. */
    NONE
  }

  /**
   * A value beside the first.
   *
   * @param name what messages call it
   * @param shape its shape
   * @param ints whether it is ints; if not, floats
   */
  record Value(String name, Shape shape, boolean ints) {}

  /**
   * Returns the operation's name for messages.
   *
   * @return a few words
   */
  String name();

  /**
   * Returns the shape of the first value and checks those of the inputs.
   *
   * @param inputs the inputs' shapes; a batch dimension may be open
   * @return the value's shape: that of input 0 unless overridden
   * @throws IllegalArgumentException if the inputs do not fit, in one sentence with their shapes
   */
  default Shape shape(List<Shape> inputs) {
    return inputs.getFirst();
  }

  /**
   * Returns the values beside the first; the step computes those that {@link Binding#wanted}.
   *
   * @param inputs the inputs' shapes, which {@link #shape} has checked
   * @return none unless overridden
   */
  default List<Value> more(List<Shape> inputs) {
    return List.of();
  }

  /**
   * Returns whether the first value is ints.
   *
   * @return false, for floats, unless overridden
   */
  default boolean ints() {
    return false;
  }

  /**
   * Returns where the first value is kept.
   *
   * @return {@link Placement#OWN} unless overridden
   */
  default Placement placement() {
    return Placement.OWN;
  }

  /**
   * Returns the variable whose weights the value is.
   *
   * @return null, for an operation that computes its value, unless overridden
   */
  default @Nullable Variable variable() {
    return null;
  }

  /**
   * Returns what a new node reads in the place of the inputs it was given.
   *
   * @param graph the graph that the node is to be appended to; more may be appended before it
   * @param given the inputs
   * @return the inputs as given unless overridden
   * @throws IllegalArgumentException if the operation cannot be applied to them
   */
  default List<Node> reads(Graph graph, List<Node> given) {
    return given;
  }

  /**
   * Returns which of the further values of input 0's operation the value is, as that of the nodes
   * is that {@link Graph#value} appends.
   *
   * @return a number from 1, or 0 if it is the operation's own, unless overridden
   */
  default int indexInInput() {
    return 0;
  }

  /**
   * Returns whether the operation reads an input's value.
   *
   * @param input which input
   * @return true unless overridden; false for one that is only named
   */
  default boolean readsValue(int input) {
    return true;
  }

  /**
   * Returns whether the value is one loss an image, which a graph can be differentiated from.
   *
   * @return false unless overridden
   */
  default boolean isLoss() {
    return false;
  }

  /**
   * Appends the nodes that compute the gradient of the mean of the losses with respect to the
   * predictions, input 0.
   *
   * @param graph the graph to append to
   * @param self the node whose operation this is
   * @return the gradient
   * @throws IllegalArgumentException if the operation is no loss
   */
  default Node meanGradient(Graph graph, Node self) {
    throw new IllegalArgumentException("'" + name() + "' is no loss");
  }

  /**
   * Appends the nodes that compute the gradient with respect to one input. An operation that
   * computes those of several inputs in one pass appends it with {@link Graph#once}.
   *
   * @param graph the graph to append to
   * @param self the node whose operation this is
   * @param dy the gradient with respect to the node's value
   * @param input which input
   * @return the gradient with respect to that input
   * @throws IllegalArgumentException if there is no such gradient, as of most gradients
   */
  default Node gradient(Graph graph, Node self, Node dy, int input) {
    throw new IllegalArgumentException(
        name()
            + (isLoss()
                ? " is differentiated as a mean loss only, not as part of a larger expression"
                : " cannot be differentiated"));
  }

  /**
   * Builds the step that computes the values.
   *
   * @param binding the buffers of this one use of the operation, kernels and state
   * @return the step, which allocates nothing; one that does nothing unless overridden, for a value
   *     that is there without it
   */
  default Runnable step(Binding binding) {
    return () -> {};
  }
}
