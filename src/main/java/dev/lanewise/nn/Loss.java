package dev.lanewise.nn;

import dev.lanewise.data.DenseTargets;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.op.NonlinearityOp;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.op.SoftmaxOp;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.tensor.Shape;

/**
 * The quantity that training minimizes. The cross-entropies take the probabilities of a softmax,
 * the binary one those of a sigmoid; they are computed from the logits behind them, as in Keras.
 *
 * <p>Rows of targets that a loss is not made for would give a loss and gradients without meaning.
 * {@link #check} refuses them. Class numbers that do not exist are refused, too.
 */
public enum Loss {
  /**
   * Cross-entropy with rows of target probabilities: one-hot labels, smoothed or soft ones. Each is
   * from 0 to 1, and those of a row sum to 1, which the gradient takes for granted; some rounding
   * of theirs (0.02) is allowed. A row that shall not count has a sample weight of 0, not zeros.
   */
  CATEGORICAL_CROSSENTROPY,

  /** Cross-entropy with int class labels: the same numbers without the one-hot rows. */
  SPARSE_CATEGORICAL_CROSSENTROPY,

  /** The mean over the outputs of the squared difference from rows of targets, any finite ones. */
  MEAN_SQUARED_ERROR,

  /** The mean over the outputs of a sigmoid of the cross-entropy with targets from 0 to 1. */
  BINARY_CROSSENTROPY;

  private static final String PROBABILITIES = "probabilities from 0 to 1";

  /** How far the probabilities of a row may be from a sum of 1: 0.33 three times is 0.99. */
  private static final double ROUNDING = 0.02;

  /**
   * Refuses rows of targets that the loss is not made for: what is not finite, and for the
   * cross-entropies what is no probability.
   *
   * @param rows the targets
   * @throws IllegalArgumentException in one sentence that names the first such target
   */
  public void check(DenseTargets rows) {
    switch (this) {
      case CATEGORICAL_CROSSENTROPY -> {
        checkEach(rows, 0, 1, PROBABILITIES);
        checkSums(rows);
      }
      case BINARY_CROSSENTROPY -> checkEach(rows, 0, 1, PROBABILITIES);
      default -> checkEach(rows, -Float.MAX_VALUE, Float.MAX_VALUE, "finite numbers");
    }
  }

  private static void checkSums(DenseTargets rows) {
    int outputs = rows.shape().elements();
    for (int i = 0; i < rows.count(); i++) {
      double sum = 0;
      for (int j = 0; j < outputs; j++) {
        sum += rows.value(i, j);
      }
      if (Math.abs(sum - 1) > ROUNDING) {
        throw new IllegalArgumentException(
            ("the targets of sample %s sum to %s, but categorical cross-entropy takes "
                    + "probabilities, which sum to 1")
                .formatted(i, (float) sum));
      }
    }
  }

  private static void checkEach(DenseTargets rows, float least, float most, String taken) {
    int outputs = rows.shape().elements();
    for (int i = 0; i < rows.count(); i++) {
      for (int j = 0; j < outputs; j++) {
        float target = rows.value(i, j);
        if (!(target >= least && target <= most)) {
          throw new IllegalArgumentException(
              "target %s of sample %s is %s, but the loss takes %s".formatted(j, i, target, taken));
        }
      }
    }
  }

  /**
   * Returns whether a value comes from a sigmoid.
   *
   * @param prediction a node
   * @return whether its operation is one
   */
  static boolean isSigmoid(Node prediction) {
    return prediction.op().equals(new NonlinearityOp(Nonlinearity.SIGMOID));
  }

  /**
   * Appends the input that takes the targets.
   *
   * @param ops appends to the graph
   * @param output the shape of one image's prediction
   * @return the node to fill in
   */
  public Node targets(Ops ops, Shape output) {
    return this == SPARSE_CATEGORICAL_CROSSENTROPY
        ? ops.labels("labels")
        : ops.input("targets", output.batched());
  }

  /**
   * Appends the loss.
   *
   * @param ops appends to the graph
   * @param prediction the model's output, of a softmax
   * @param targets the node from {@link #targets}
   * @return one loss an image
   * @throws IllegalArgumentException if the prediction is not that of a softmax or sigmoid that the
   *     loss needs
   */
  public Node apply(Ops ops, Node prediction, Node targets) {
    if (this == MEAN_SQUARED_ERROR) {
      return ops.meanSquaredError(prediction, targets);
    }
    boolean binary = this == BINARY_CROSSENTROPY;
    if (binary ? !isSigmoid(prediction) : !prediction.op().equals(new SoftmaxOp())) {
      throw new IllegalArgumentException(
          "%s needs a model whose last operation is %s, but this one's is '%s'"
              .formatted(
                  binary ? "binary cross-entropy" : "the loss",
                  binary ? "sigmoid" : "softmax",
                  prediction.op().name()));
    }
    return binary
        ? ops.binaryCrossEntropyFromLogits(prediction.input(0), targets)
        : ops.crossEntropy(prediction, targets);
  }
}
