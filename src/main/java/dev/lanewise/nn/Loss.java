package dev.lanewise.nn;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.op.CurveOp;
import dev.lanewise.graph.op.SoftmaxOp;
import dev.lanewise.kernel.nonlinear.Curve;
import dev.lanewise.tensor.Shape;

/**
 * What training makes small. The cross-entropies take the probabilities of a softmax, the binary
 * one those of a sigmoid, and are computed from the logits behind them, as Keras does.
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
  },
  /** The mean over the outputs of the squared difference from rows of targets. */
  MEAN_SQUARED_ERROR {
    @Override
    public Node targets(Graph graph, Shape output) {
      return graph.input("targets", output.batched());
    }

    @Override
    public Node apply(Graph graph, Node prediction, Node targets) {
      return graph.meanSquaredError(prediction, targets);
    }
  },
  /** The mean over the outputs of a sigmoid of the cross-entropy with targets from 0 to 1. */
  BINARY_CROSSENTROPY {
    @Override
    public Node targets(Graph graph, Shape output) {
      return graph.input("targets", output.batched());
    }

    @Override
    public Node apply(Graph graph, Node prediction, Node targets) {
      if (!isSigmoid(prediction)) {
        throw new IllegalArgumentException(
            "binary cross-entropy needs a model whose last operation is sigmoid, but this one's is"
                + " '"
                + prediction.op().name()
                + "'");
      }
      return graph.binaryCrossEntropyFromLogits(prediction.input(0), targets);
    }
  };

  /**
   * Returns whether a value comes from a sigmoid.
   *
   * @param prediction a node
   * @return whether its operation is one
   */
  static boolean isSigmoid(Node prediction) {
    return prediction.op() instanceof CurveOp op && op.curve().kind() == Curve.Kind.SIGMOID;
  }

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
   * @throws IllegalArgumentException if the prediction is not that of a softmax or sigmoid that the
   *     loss needs
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
