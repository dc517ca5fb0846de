package dev.lanewise.nn;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;

/** What a layer applies to its output. */
public enum ActivationFunction {
  /** Nothing. */
  LINEAR,
  /** x ≤ 0 ? 0 : x. */
  RELU,
  /** Probabilities over the last dimension. */
  SOFTMAX;

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
    };
  }
}
