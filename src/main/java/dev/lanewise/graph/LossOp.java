package dev.lanewise.graph;

/** An operation whose value is one loss an image; a graph is differentiated from its mean. */
public interface LossOp extends Op {
  /**
   * Appends the nodes that compute the gradient of the mean of the losses with respect to the
   * predictions, input 0.
   *
   * @param graph the graph to append to
   * @param self the node whose operation this is
   * @return the gradient
   */
  Node meanGradient(Graph graph, Node self);
}
