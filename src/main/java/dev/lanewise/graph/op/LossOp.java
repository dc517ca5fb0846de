package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.kernel.loss.Losses;
import dev.lanewise.kernel.loss.Softmax;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * A loss of predictions or logits, input 0, with targets, input 1: one loss an image. Its second
 * value is the gradient of the mean loss with respect to input 0, computed in the same pass.
 *
 * @param kind which loss
 */
public record LossOp(Kind kind) implements Op {
  /** The losses. */
  public enum Kind {
    /** Softmax cross-entropy of logits with int labels or rows of target probabilities. */
    CROSS_ENTROPY(
        "cross-entropy", "logits (batch, classes) and labels (batch) or targets (batch, classes)"),
    /** The mean squared error of predictions, the mean over an image's outputs. */
    MEAN_SQUARED_ERROR(
        "mean squared error", "predictions (batch, outputs) and targets of the same shape"),
    /** The binary cross-entropy of the sigmoid of logits, the mean over an image's outputs. */
    BINARY_CROSS_ENTROPY(
        "binary cross-entropy", "predictions (batch, outputs) and targets of the same shape");

    private final String words;
    private final String inputs;

    Kind(String words, String inputs) {
      this.words = words;
      this.inputs = inputs;
    }
  }

  @Override
  public String name() {
    return kind.words;
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    Shape targets = inputs.get(1);
    boolean classes = kind == Kind.CROSS_ENTROPY;
    boolean labels = classes && targets.rank() == 1 && targets.dim(0) == x.dim(0);
    if (x.rank() < 2 || (classes && x.rank() > 2) || !(labels || targets.equals(x))) {
      throw new IllegalArgumentException(
          "%s takes %s, but was given %s and %s".formatted(name(), kind.inputs, x, targets));
    }
    return Shape.of(x.dim(0));
  }

  @Override
  public List<Value> more(List<Shape> inputs) {
    return List.of(new Value(name() + " gradient", inputs.getFirst(), false));
  }

  @Override
  public boolean isLoss() {
    return true;
  }

  @Override
  public Node meanGradient(Graph graph, Node self) {
    return graph.value(self, 1);
  }

  @Override
  public Runnable step(Binding binding) {
    Softmax softmax = binding.kernels().softmax();
    Losses losses = binding.kernels().losses();
    Shape shape = binding.inputShape(0);
    int rows = shape.dim(0);
    int n = shape.elements() / Math.max(1, rows);
    float scale = 1f / rows;
    float[] x = binding.input(0);
    float[] loss = binding.value();
    boolean differentiated = binding.wanted(1);
    float[] dx = differentiated ? binding.value(1) : loss;
    if (binding.inputShape(1).rank() == 1) {
      int[] labels = binding.ints(1);
      return differentiated
          ? () ->
              softmax.backwardCrossEntropy(rows, n, x, 0, n, labels, 0, loss, 0, scale, dx, 0, n)
          : () -> softmax.crossEntropy(rows, n, x, 0, n, labels, 0, loss, 0);
    }
    float[] t = binding.input(1);
    return switch (kind) {
      case CROSS_ENTROPY ->
          differentiated
              ? () ->
                  softmax.backwardCrossEntropy(rows, n, x, 0, n, t, 0, n, loss, 0, scale, dx, 0, n)
              : () -> softmax.crossEntropy(rows, n, x, 0, n, t, 0, n, loss, 0);
      case MEAN_SQUARED_ERROR ->
          differentiated
              ? () ->
                  losses.backwardMeanSquaredError(
                      rows, n, x, 0, n, t, 0, n, loss, 0, scale, dx, 0, n)
              : () -> losses.meanSquaredError(rows, n, x, 0, n, t, 0, n, loss, 0);
      case BINARY_CROSS_ENTROPY ->
          differentiated
              ? () ->
                  losses.backwardBinaryCrossEntropy(
                      rows, n, x, 0, n, t, 0, n, loss, 0, scale, dx, 0, n)
              : () -> losses.binaryCrossEntropy(rows, n, x, 0, n, t, 0, n, loss, 0);
    };
  }

  /**
   * A loss, input 1, times one weight an image, input 2; input 0 is what the loss is differentiated
   * by. The mean divides by the number of images, not by the sum of the weights, as in Keras.
   */
  public record Weighted() implements Op {
    @Override
    public String name() {
      return "weighted loss";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      if (inputs.get(1).rank() != 1 || !inputs.get(2).equals(inputs.get(1))) {
        throw new IllegalArgumentException(
            "a weighted loss takes one weight an image, but was given losses %s and weights %s"
                .formatted(inputs.get(1), inputs.get(2)));
      }
      return inputs.get(1);
    }

    @Override
    public boolean readsValue(int input) {
      return input > 0;
    }

    @Override
    public boolean isLoss() {
      return true;
    }

    @Override
    public Node meanGradient(Graph graph, Node self) {
      Node loss = self.input(1);
      Node dy = loss.op().meanGradient(graph, loss);
      return graph.add(
          new StepOp("weighted loss gradient", dy.shape(), binding -> weigh(binding, 0)),
          dy,
          self.input(2));
    }

    @Override
    public Runnable step(Binding binding) {
      return weigh(binding, 1);
    }

    /** Multiplies the rows of an input by one weight an image, the input behind it. */
    private static Runnable weigh(Binding binding, int input) {
      Losses kernel = binding.kernels().losses();
      Shape shape = binding.inputShape(input);
      int rows = shape.dim(0);
      int columns = shape.elements() / Math.max(1, rows);
      float[] x = binding.input(input);
      float[] weights = binding.input(input + 1);
      float[] y = binding.value();
      return () -> kernel.weigh(rows, columns, weights, 0, x, 0, y, 0);
    }
  }
}
