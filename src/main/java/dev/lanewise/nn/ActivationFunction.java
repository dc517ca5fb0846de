package dev.lanewise.nn;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.kernel.pointwise.Nonlinearity;

/** What a layer applies to its output. */
public enum ActivationFunction {
  /** Nothing. */
  LINEAR,
  /** x ≤ 0 ? 0 : x. */
  RELU,
  /** Probabilities over the last dimension. */
  SOFTMAX,
  /** x &gt; 0 ? x : 0.2 · x, Keras's default for the function ({@link LeakyReLU} is its layer). */
  LEAKY_RELU,
  /** x &gt; 0 ? x : exp(x) − 1; {@link ELU} has other scales. */
  ELU,
  /** 1 / (1 + exp(−x)). */
  SIGMOID,
  /** The hyperbolic tangent. */
  TANH,
  /** log(1 + exp(x)). */
  SOFTPLUS,
  /** x · Φ(x), Φ being the normal distribution. */
  GELU;

  /**
   * Appends the function to a graph.
   *
   * @param graph the graph
   * @param x what to apply it to
   * @return the result's node; {@code x} itself for {@link #LINEAR}
   */
  public Node apply(Graph graph, Node x) {
    return switch (this) {
      case LINEAR -> x;
      case RELU -> graph.relu(x);
      case SOFTMAX -> graph.softmax(x);
      case LEAKY_RELU -> graph.nonlinearity(x, Nonlinearity.leakyRelu(0.2f));
      case ELU -> graph.nonlinearity(x, Nonlinearity.elu(1f));
      case SIGMOID -> graph.nonlinearity(x, Nonlinearity.SIGMOID);
      case TANH -> graph.nonlinearity(x, Nonlinearity.TANH);
      case SOFTPLUS -> graph.nonlinearity(x, Nonlinearity.SOFTPLUS);
      case GELU -> graph.nonlinearity(x, Nonlinearity.GELU);
    };
  }
}
