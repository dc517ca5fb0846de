package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.LossOp;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.loss.Softmax;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * Softmax cross-entropy of logits, input 0, with int labels or rows of target probabilities, input
 * 1: one loss an image. The gradient of the mean loss is its side result, computed in the same
 * pass.
 */
public record CrossEntropyOp() implements LossOp {
  @Override
  public String name() {
    return "cross-entropy";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape logits = inputs.get(0);
    Shape targets = inputs.get(1);
    boolean labels = targets.rank() == 1 && targets.dim(0) == logits.dim(0);
    if (logits.rank() != 2 || !(labels || targets.equals(logits))) {
      throw new IllegalArgumentException(
          "cross-entropy takes logits (batch, classes) and labels (batch) or targets (batch,"
              + " classes), but was given "
              + logits
              + " and "
              + targets);
    }
    return Shape.of(logits.dim(0));
  }

  @Override
  public Side side() {
    return Side.FLOATS_OF_INPUT;
  }

  @Override
  public Node meanGradient(Graph graph, Node self) {
    return graph.add(new Gradient(self.input(0).shape()), self);
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    throw new IllegalArgumentException(
        "cross-entropy is differentiated as a mean loss only, not as part of a larger expression");
  }

  @Override
  public Step step(Node self, Binding binding) {
    Softmax kernel = binding.kernels().softmax();
    Node targets = self.input(1);
    int rows = binding.shape(self.input(0)).dim(0);
    int classes = binding.shape(self.input(0)).dim(1);
    float[] x = binding.floats(self.input(0));
    float[] loss = binding.floats(self);
    float scale = 1f / rows;
    if (targets.op() instanceof LabelsOp) {
      int[] labels = binding.labels(targets);
      if (!binding.needsSide(self)) {
        return () -> kernel.crossEntropy(rows, classes, x, 0, classes, labels, 0, loss, 0);
      }
      float[] dx = binding.sideFloats(self);
      return () ->
          kernel.crossEntropyGradient(
              rows, classes, x, 0, classes, labels, 0, loss, 0, scale, dx, 0, classes);
    }
    float[] t = binding.floats(targets);
    if (!binding.needsSide(self)) {
      return () -> kernel.crossEntropy(rows, classes, x, 0, classes, t, 0, classes, loss, 0);
    }
    float[] dx = binding.sideFloats(self);
    return () ->
        kernel.crossEntropyGradient(
            rows, classes, x, 0, classes, t, 0, classes, loss, 0, scale, dx, 0, classes);
  }

  /**
   * The mean loss's gradient with respect to the logits: the side result of input 0.
   *
   * @param logits the logits' shape
   */
  public record Gradient(Shape logits) implements Op {
    @Override
    public String name() {
      return "cross-entropy gradient";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return logits;
    }

    @Override
    public Placement placement() {
      return Placement.SIDE_OF_INPUT;
    }

    @Override
    public boolean readsValue(int input) {
      return false;
    }

    @Override
    public boolean readsSide(int input) {
      return true;
    }

    @Override
    public Node gradient(Graph graph, Node self, Node dy, int input) {
      throw new IllegalArgumentException("second derivatives are not supported");
    }

    @Override
    public Step step(Node self, Binding binding) {
      return () -> {};
    }
  }
}
