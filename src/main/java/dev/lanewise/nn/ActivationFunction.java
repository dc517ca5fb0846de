package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.op.Ops;
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
   * @param ops appends to the graph
   * @param x what to apply it to
   * @return the result's node; {@code x} itself for {@link #LINEAR}
   */
  public Node apply(Ops ops, Node x) {
    return switch (this) {
      case LINEAR -> x;
      case RELU -> ops.relu(x);
      case SOFTMAX -> ops.softmax(x);
      case LEAKY_RELU -> ops.nonlinearity(x, Nonlinearity.leakyRelu(0.2f));
      case ELU -> ops.nonlinearity(x, Nonlinearity.elu(1f));
      case SIGMOID -> ops.nonlinearity(x, Nonlinearity.SIGMOID);
      case TANH -> ops.nonlinearity(x, Nonlinearity.TANH);
      case SOFTPLUS -> ops.nonlinearity(x, Nonlinearity.SOFTPLUS);
      case GELU -> ops.nonlinearity(x, Nonlinearity.GELU);
    };
  }
}
