package dev.lanewise.graph;

import dev.lanewise.graph.op.AddBiasOp;
import dev.lanewise.graph.op.AddOp;
import dev.lanewise.graph.op.AveragePool2dOp;
import dev.lanewise.graph.op.Conv2dOp;
import dev.lanewise.graph.op.CrossEntropyOp;
import dev.lanewise.graph.op.DropoutOp;
import dev.lanewise.graph.op.InputOp;
import dev.lanewise.graph.op.MatmulOp;
import dev.lanewise.graph.op.MaxPool2dOp;
import dev.lanewise.graph.op.NonlinearityOp;
import dev.lanewise.graph.op.ReluOp;
import dev.lanewise.graph.op.ReshapeOp;
import dev.lanewise.graph.op.RowLossOp;
import dev.lanewise.graph.op.SoftmaxOp;
import dev.lanewise.graph.op.UpdateOp;
import dev.lanewise.graph.op.VariableOp;
import dev.lanewise.graph.op.WeightedLossOp;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.matmul.Transpose;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Operations in topological order: a node's inputs come before it.
 *
 * <p>A graph is built by its methods, by layers and losses, and by {@link #gradients}, which
 * appends the backward pass. It holds no buffers; {@link Plan} turns it into something that runs.
 * Every method throws {@link IllegalArgumentException}, in one sentence with the shapes, if its
 * inputs do not fit. Not thread-safe.
 */
public final class Graph {
  private final List<Node> nodes = new ArrayList<>();
  private String scope = "";

  /** Makes an empty graph. */
  public Graph() {}

  /**
   * Says what the nodes appended from now on belong to, for messages.
   *
   * @param name a layer's name, or "" for nothing
   */
  public void scope(String name) {
    scope = name;
  }

  /**
   * Returns all nodes.
   *
   * @return in topological order
   */
  public List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /**
   * Appends an operation.
   *
   * @param op the operation
   * @param inputs nodes of this graph
   * @return the new node
   */
  public Node add(Op op, Node... inputs) {
    return add(op, List.of(inputs));
  }

  /**
   * Appends an operation.
   *
   * @param op the operation
   * @param inputs nodes of this graph
   * @return the new node
   */
  public Node add(Op op, List<Node> inputs) {
    for (Node input : inputs) {
      if (!nodes.contains(input)) {
        throw new IllegalArgumentException(
            op.name() + " was given the node '" + input + "', which belongs to another graph");
      }
    }
    List<Node> read = List.copyOf(op.reads(this, inputs));
    Node node = new Node(op, read, op.shape(read.stream().map(Node::shape).toList()), scope);
    nodes.add(node);
    return node;
  }

  /**
   * Appends an operation unless the graph has an equal one of the same inputs: for an operation
   * whose several values are asked for one by one.
   *
   * @param op the operation
   * @param inputs nodes of this graph
   * @return the new node, or the one that is there
   */
  public Node once(Op op, Node... inputs) {
    List<Node> given = List.of(inputs);
    for (Node node : nodes) {
      if (node.op().equals(op) && node.inputs().equals(given)) {
        return node;
      }
    }
    return add(op, given);
  }

  /**
   * Returns the node that stands for one of several values of a node's operation.
   *
   * @param node a node of this graph
   * @param index which value: 0 for the first, for which the node itself stands
   * @return the node; for a further value a new one, or the one that is there
   */
  public Node value(Node node, int index) {
    return index == 0 ? node : once(new ValueOp(index, node.more().get(index - 1)), node);
  }

  /**
   * Appends float values that the caller fills in before each run.
   *
   * @param name what messages call it
   * @param shape its shape; begin it with {@link Shape#BATCH} to leave the batch open
   * @return the node
   */
  public Node input(String name, Shape shape) {
    return add(new InputOp(name, shape, false));
  }

  /**
   * Appends int labels, one an image, that the caller fills in before each run.
   *
   * @param name what messages call them
   * @return the node, of shape (batch)
   */
  public Node labels(String name) {
    return add(new InputOp(name, Shape.of(Shape.BATCH), true));
  }

  /**
   * Appends the current weights of a variable.
   *
   * @param variable the variable
   * @return the node
   */
  public Node variable(Variable variable) {
    return add(new VariableOp(variable));
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
    return add(new MatmulOp(transA, transB), a, b);
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
    return add(new Conv2dOp(sizes.withBatch(1)), x, weights);
  }

  /**
   * Appends a 2-D max-pooling.
   *
   * @param x images (batch, height, width, channels)
   * @param sizes the pooling; its batch is not looked at
   * @return the node
   */
  public Node maxPool2d(Node x, Pool2dShape sizes) {
    return add(new MaxPool2dOp(sizes.withBatch(1)), x);
  }

  /**
   * Appends the addition of a bias to every row or pixel.
   *
   * @param x any value
   * @param bias one value for each of the last dimension
   * @return the node
   */
  public Node addBias(Node x, Node bias) {
    return add(new AddBiasOp(), x, bias);
  }

  /**
   * Appends the sum of two values of one shape.
   *
   * @param a a value
   * @param b a value
   * @return the node
   */
  public Node sum(Node a, Node b) {
    return add(new AddOp(), a, b);
  }

  /**
   * Appends ReLU.
   *
   * @param x any value
   * @return the node
   */
  public Node relu(Node x) {
    return add(new ReluOp(), x);
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
    return add(new DropoutOp(rate, stream), x);
  }

  /**
   * Appends the same elements under another shape.
   *
   * @param x any value
   * @param shape the new shape
   * @return the node
   */
  public Node reshape(Node x, Shape shape) {
    return add(new ReshapeOp(shape), x);
  }

  /**
   * Appends softmax over the last dimension.
   *
   * @param x logits
   * @return the node
   */
  public Node softmax(Node x) {
    return add(new SoftmaxOp(), x);
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
    if (!(probabilities.op() instanceof SoftmaxOp)) {
      throw new IllegalArgumentException(
          "cross-entropy of probabilities takes the output of a softmax, but was given that of '"
              + probabilities.op().name()
              + "'; for logits there is crossEntropyFromLogits");
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
          "cross-entropy takes labels from labels(name), but was given the floats of '"
              + targets.op().name()
              + "'");
    }
    return add(new CrossEntropyOp(), logits, targets);
  }

  /**
   * Appends an activation function beyond ReLU.
   *
   * @param x any value
   * @param function the function
   * @return the node
   */
  public Node nonlinearity(Node x, Nonlinearity function) {
    return add(new NonlinearityOp(function), x);
  }

  /**
   * Appends a 2-D average-pooling.
   *
   * @param x images (batch, height, width, channels)
   * @param sizes the pooling; its batch is not looked at
   * @return the node
   */
  public Node averagePool2d(Node x, Pool2dShape sizes) {
    return add(new AveragePool2dOp(sizes.withBatch(1)), x);
  }

  /**
   * Appends the mean squared error: one loss an image.
   *
   * @param predictions (batch, outputs)
   * @param targets of the same shape
   * @return the node
   */
  public Node meanSquaredError(Node predictions, Node targets) {
    return add(new RowLossOp(RowLossOp.Kind.MEAN_SQUARED_ERROR), predictions, targets);
  }

  /**
   * Appends the binary cross-entropy of the sigmoid of logits: one loss an image.
   *
   * @param logits (batch, outputs)
   * @param targets of the same shape, from 0 to 1
   * @return the node
   */
  public Node binaryCrossEntropyFromLogits(Node logits, Node targets) {
    return add(new RowLossOp(RowLossOp.Kind.BINARY_CROSS_ENTROPY), logits, targets);
  }

  /**
   * Appends a loss times one weight an image.
   *
   * @param loss a loss, one an image
   * @param weights floats (batch)
   * @return the node, a loss as well
   */
  public Node weighted(Node loss, Node weights) {
    return add(new WeightedLossOp(), loss.input(0), loss, weights);
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
    return add(new UpdateOp(variable, updater), gradient);
  }

  /**
   * Appends the backward pass: the gradients of the mean of a loss over the batch.
   *
   * @param loss one loss an image, from {@link #crossEntropy} for instance
   * @param variables what to differentiate by; each must be a variable of this graph that the loss
   *     depends on
   * @return one gradient node a variable, in their order
   */
  public List<Node> gradients(Node loss, List<Variable> variables) {
    return new Differentiation(this, loss, variables).run();
  }
}
