package dev.lanewise.graph.op;

import dev.lanewise.graph.AddOp;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;

/**
 * Appends operations to a graph, one method an operation. Every method throws {@link
 * IllegalArgumentException}, in one sentence with the shapes, if its inputs do not fit.
 *
 * @param graph the graph
 */
public record Ops(Graph graph) {
  /**
   * Appends float values that the caller fills in before each run.
   *
   * @param name what messages call it
   * @param shape its shape; begin it with {@link Shape#BATCH} to leave the batch open
   * @return the node
   */
  public Node input(String name, Shape shape) {
    return graph.add(new InputOp("input '" + name + "'", shape, false, null));
  }

  /**
   * Appends int labels, one an image, that the caller fills in before each run.
   *
   * @param name what messages call them
   * @return the node, of shape (batch)
   */
  public Node labels(String name) {
    return graph.add(new InputOp("labels '" + name + "'", Shape.of(Shape.BATCH), true, null));
  }

  /**
   * Appends the current weights of a variable.
   *
   * @param variable the variable
   * @return the node
   */
  public Node variable(Variable variable) {
    return graph.add(
        new InputOp("variable '" + variable.name() + "'", variable.shape(), false, variable));
  }

  /**
   * Appends the matrix product A·B.
   *
   * @param a a matrix
   * @param b a matrix with as many rows as A has columns
   * @return the node
   */
  public Node matmul(Node a, Node b) {
    return matmul(Transpose.NO, Transpose.NO, a, b);
  }

  /**
   * Appends the matrix product op(A)·op(B).
   *
   * @param transA whether A is transposed
   * @param transB whether B is transposed
   * @param a a matrix
   * @param b a matrix
   * @return the node
   */
  public Node matmul(Transpose transA, Transpose transB, Node a, Node b) {
    return graph.add(new MatmulOp(transA, transB), a, b);
  }

  /**
   * Appends a 2-D convolution.
   *
   * @param x images (batch, height, width, channels)
   * @param weights HWIO
   * @param sizes the convolution; its batch is not looked at
   * @return the node
   */
  public Node conv2d(Node x, Node weights, Conv2dShape sizes) {
    return graph.add(new Conv2dOp(sizes.withBatch(1)), x, weights);
  }

  /**
   * Appends a 2-D max-pooling.
   *
   * @param x images (batch, height, width, channels)
   * @param sizes the pooling; its batch is not looked at
   * @return the node
   */
  public Node maxPool2d(Node x, Pool2dShape sizes) {
    return graph.add(new MaxPool2dOp(sizes.withBatch(1)), x);
  }

  /**
   * Appends the addition of a bias to every row or pixel.
   *
   * @param x any value
   * @param bias one value for each of the last dimension
   * @return the node
   */
  public Node addBias(Node x, Node bias) {
    return graph.add(new AddBiasOp(false), x, bias);
  }

  /**
   * Appends the sum of two values of one shape.
   *
   * @param a a value
   * @param b a value
   * @return the node
   */
  public Node sum(Node a, Node b) {
    return graph.add(new AddOp(), a, b);
  }

  /**
   * Appends ReLU.
   *
   * @param x any value
   * @return the node
   */
  public Node relu(Node x) {
    return graph.add(new ReluOp(), x);
  }

  /**
   * Appends dropout.
   *
   * @param x any value
   * @param rate the probability of being dropped, from 0 to 1
   * @param stream the stream of random numbers; two dropouts of a graph have two streams
   * @return the node
   */
  public Node dropout(Node x, double rate, int stream) {
    return graph.add(new DropoutOp(rate, stream), x);
  }

  /**
   * Appends the same elements under another shape.
   *
   * @param x any value
   * @param shape the new shape
   * @return the node
   */
  public Node reshape(Node x, Shape shape) {
    return graph.add(new ReshapeOp(shape), x);
  }

  /**
   * Appends softmax over the last dimension.
   *
   * @param x logits
   * @return the node
   */
  public Node softmax(Node x) {
    return graph.add(new SoftmaxOp(), x);
  }

  /**
   * Appends the cross-entropy of predicted probabilities: one loss an image, computed from the
   * logits behind them.
   *
   * @param probabilities the output of {@link #softmax}
   * @param targets labels (batch) or target probabilities (batch, classes)
   * @return the node
   */
  public Node crossEntropy(Node probabilities, Node targets) {
    if (!probabilities.op().equals(new SoftmaxOp())) {
      throw new IllegalArgumentException(
          ("cross-entropy of probabilities takes the output of a softmax, but was given that of"
                  + " '%s'; for logits there is crossEntropyFromLogits")
              .formatted(probabilities.op().name()));
    }
    return crossEntropyFromLogits(probabilities.input(0), targets);
  }

  /**
   * Appends the cross-entropy of the softmax of logits: one loss an image.
   *
   * @param logits (batch, classes)
   * @param targets labels (batch) or target probabilities (batch, classes)
   * @return the node
   */
  public Node crossEntropyFromLogits(Node logits, Node targets) {
    if (targets.shape().rank() == 1 && !targets.ints()) {
      throw new IllegalArgumentException(
          "cross-entropy takes labels from labels(name), but was given the floats of '%s'"
              .formatted(targets.op().name()));
    }
    return graph.add(new LossOp(LossOp.Kind.CROSS_ENTROPY), logits, targets);
  }

  /**
   * Appends an activation function beyond ReLU.
   *
   * @param x any value
   * @param function the function
   * @return the node
   */
  public Node nonlinearity(Node x, Nonlinearity function) {
    return graph.add(new NonlinearityOp(function), x);
  }

  /**
   * Appends a 2-D average-pooling.
   *
   * @param x images (batch, height, width, channels)
   * @param sizes the pooling; its batch is not looked at
   * @return the node
   */
  public Node averagePool2d(Node x, Pool2dShape sizes) {
    return graph.add(new AveragePool2dOp(sizes.withBatch(1)), x);
  }

  /**
   * Appends layer normalization over the last dimensions, those of gamma and beta.
   *
   * @param x any value
   * @param gamma what is multiplied by
   * @param beta what is added, of gamma's shape
   * @param epsilon what is added to the variance, at least 0
   * @return the node
   */
  public Node layerNormalization(Node x, Node gamma, Node beta, float epsilon) {
    int dims = gamma.shape().rank();
    return graph.add(new LayerNormalizationOp(dims, epsilon, true, true), x, gamma, beta);
  }

  /**
   * Appends batch normalization by the means and variances of the batch itself, over all dimensions
   * but the last. {@code graph().value(node, 1)} stands for the means, 2 for the variances.
   *
   * @param x rows (batch, channels) or images (batch, height, width, channels)
   * @param gamma what a channel is multiplied by
   * @param beta what is added to it
   * @param epsilon what is added to the variance, at least 0
   * @return the node
   */
  public Node batchNormalization(Node x, Node gamma, Node beta, float epsilon) {
    return graph.add(new BatchNormalizationOp(epsilon, true, true), x, gamma, beta);
  }

  /**
   * Appends batch normalization by means and variances that are given, as inference does it. It has
   * no gradient.
   *
   * @param x rows (batch, channels) or images (batch, height, width, channels)
   * @param mean one mean a channel
   * @param variance one variance a channel
   * @param gamma what a channel is multiplied by
   * @param beta what is added to it
   * @param epsilon what is added to the variance, at least 0
   * @return the node
   */
  public Node batchNormalization(
      Node x, Node mean, Node variance, Node gamma, Node beta, float epsilon) {
    var op = new BatchNormalizationOp.Inference(new BatchNormalizationOp(epsilon, true, true));
    return graph.add(op, x, mean, variance, gamma, beta);
  }

  /**
   * Appends the mean squared error: one loss an image.
   *
   * @param predictions (batch, outputs)
   * @param targets of the same shape
   * @return the node
   */
  public Node meanSquaredError(Node predictions, Node targets) {
    return graph.add(new LossOp(LossOp.Kind.MEAN_SQUARED_ERROR), predictions, targets);
  }

  /**
   * Appends the binary cross-entropy of the sigmoid of logits: one loss an image.
   *
   * @param logits (batch, outputs)
   * @param targets of the same shape, from 0 to 1
   * @return the node
   */
  public Node binaryCrossEntropyFromLogits(Node logits, Node targets) {
    return graph.add(new LossOp(LossOp.Kind.BINARY_CROSS_ENTROPY), logits, targets);
  }

  /**
   * Appends a loss times one weight an image.
   *
   * @param loss a loss, one an image
   * @param weights floats (batch)
   * @return the node, a loss as well
   */
  public Node weighted(Node loss, Node weights) {
    return graph.add(new LossOp.Weighted(), loss.input(0), loss, weights);
  }

  /**
   * Appends an optimizer's update of a variable. A plan runs its updates last, in the order in
   * which they were appended: everything it computes sees the old weights, other updates' sources
   * too, so that two variables can be updated with each other. (Only the memory of a variable, or
   * of a reshaped one, holds the new weights after the run.)
   *
   * @param variable the variable
   * @param gradient its gradient
   * @param updater the optimizer's rule for it
   * @return a node without a value, to be named when the plan is made
   */
  public Node update(Variable variable, Node gradient, Updater updater) {
    return graph.add(new UpdateOp(variable, updater), gradient);
  }
}
