package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.Locale;

/**
 * A layer: its hyper-parameters, its shape rule, the weights it needs and the operations it
 * appends. It is a value without weights of its own; the model keeps those. Shapes here are those
 * of one image, without the batch.
 */
public interface Layer {
  /**
   * A weight that a layer needs.
   *
   * @param name its name within the layer, "kernel" or "bias"
   * @param shape its shape
   * @param initializer what gives it its first values
   * @param l2 the factor of its L2 penalty, 0 for none
   * @param trainable whether an optimizer updates it; if not, the layer's own operations do
   */
  record Weight(String name, Shape shape, Initializer initializer, double l2, boolean trainable) {
    /**
     * A weight that is trained.
     *
     * @param name its name within the layer
     * @param shape its shape
     * @param initializer what gives it its first values
     * @param l2 the factor of its L2 penalty, 0 for none
     */
    public Weight(String name, Shape shape, Initializer initializer, double l2) {
      this(name, shape, initializer, l2, true);
    }

    /**
     * A weight that is trained, without a penalty.
     *
     * @param name its name within the layer
     * @param shape its shape
     * @param initializer what gives it its first values
     */
    public Weight(String name, Shape shape, Initializer initializer) {
      this(name, shape, initializer, 0);
    }
  }

  /**
   * Returns the layer's Keras class name.
   *
   * @return the class's own name unless overridden, "Conv2D" for instance
   */
  default String kind() {
    return getClass().getSimpleName();
  }

  /**
   * Returns the stem of the names that Keras gives layers of this kind.
   *
   * @return the kind in Keras's snake case, "conv2d", "max_pooling2d" or "leaky_re_lu" for instance
   */
  default String stem() {
    return kind()
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the shape of the output.
   *
   * @param input the shape of the input
   * @return the shape of the output; the input's unless overridden
   * @throws IllegalArgumentException if the layer cannot take such an input, in one sentence
   */
  default Shape outputShape(Shape input) {
    return input;
  }

  /**
   * Returns the weights that the layer needs.
   *
   * @param input the shape of the input
   * @return the weights in creation order; none unless overridden
   */
  default List<Weight> weights(Shape input) {
    return List.of();
  }

  /**
   * Appends the layer's operations to a graph. Among them may be updates of its weights that are
   * not trainable: each training step runs them.
   *
   * @param ops appends to the graph
   * @param x the layer's input, with the batch as its first dimension
   * @param weights the variables for {@link #weights}, in their order
   * @param training whether the graph is for training (dropout is then active)
   * @param stream the layer's stream of random numbers
   * @return the layer's output
   */
  Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream);
}
