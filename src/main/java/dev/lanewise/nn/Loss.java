package dev.lanewise.nn;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.op.SoftmaxOp;
import dev.lanewise.tensor.Shape;

/**
 * What training makes small. Both losses take the probabilities of a softmax and are computed from
 * the logits behind them, as Keras does.
 */
public enum Loss {
  /** Cross-entropy with rows of target probabilities: one-hot labels, for instance. */
  CATEGORICAL_CROSSENTROPY {
    @Override
    public Node targets(Graph graph, Shape output) {
      return graph.input("targets", output.batched());
    }
  },
  /** Cross-entropy with int class labels: the same numbers without the one-hot rows. */
  SPARSE_CATEGORICAL_CROSSENTROPY {
    @Override
    public Node targets(Graph graph, Shape output) {
      return graph.labels("labels");
    }
  };

  /**
   * Appends the input that takes the targets.
   *
   * @param graph the graph
   * @param output the shape of one image's prediction
   * @return the node to fill in
   */
  public abstract Node targets(Graph graph, Shape output);

  /**
   * Appends the loss.
   *
   * @param graph the graph
   * @param prediction the model's output, of a softmax
   * @param targets the node from {@link #targets}
   * @return one loss an image
   * @throws IllegalArgumentException if the prediction is not that of a softmax
   */
  public Node apply(Graph graph, Node prediction, Node targets) {
    if (!(prediction.op() instanceof SoftmaxOp)) {
      throw new IllegalArgumentException(
          "the loss needs a model whose last operation is softmax, but this one's is '"
              + prediction.op().name()
              + "'");
    }
    return graph.crossEntropy(prediction, targets);
  }
}
