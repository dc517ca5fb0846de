package dev.lanewise.nn;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * A fully connected layer with bias (Keras's Dense): y = activation(x·kernel + bias), kernel in ×
 * out.
 *
 * @param units number of outputs
 * @param activation what is applied to the output
 */
public record Dense(int units, ActivationFunction activation) implements Layer {
  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if there are no units
   */
  public Dense {
    if (units < 1) {
      throw new IllegalArgumentException("units is " + units + ", but must be at least 1");
    }
  }

  @Override
  public String kind() {
    return "Dense";
  }

  @Override
  public String stem() {
    return "dense";
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != 1) {
      throw new IllegalArgumentException(
          "Dense takes rows of features, but was given "
              + input
              + ": a Flatten layer before it makes an image a row");
    }
    return Shape.of(units);
  }

  @Override
  public List<Weight> weights(Shape input) {
    return List.of(
        new Weight("kernel", Shape.of(input.dim(0), units), Initializer.GLOROT_UNIFORM),
        new Weight("bias", Shape.of(units), Initializer.ZEROS));
  }

  @Override
  public Node apply(Graph graph, Node x, List<Variable> weights, boolean training, int stream) {
    Node y = graph.matmul(x, graph.variable(weights.get(0)));
    return activation.apply(graph, graph.addBias(y, graph.variable(weights.get(1))));
  }
}
