package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.loss.Softmax;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * Softmax cross-entropy of logits, input 0, with int labels or rows of target probabilities, input
 * 1: one loss an image. Its second value is the gradient of the mean loss with respect to the
 * logits, computed in the same pass.
 */
public record CrossEntropyOp() implements Op {
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
  public List<Value> more(List<Shape> inputs) {
    return List.of(new Value("cross-entropy gradient", inputs.getFirst(), false));
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
  public Step step(Binding binding) {
    Softmax kernel = binding.kernels().softmax();
    int rows = binding.inputShape(0).dim(0);
    int classes = binding.inputShape(0).dim(1);
    float[] x = binding.input(0);
    float[] loss = binding.value();
    float scale = 1f / rows;
    if (binding.inputShape(1).rank() == 1) {
      int[] labels = binding.ints(1);
      if (!binding.wanted(1)) {
        return () -> kernel.crossEntropy(rows, classes, x, 0, classes, labels, 0, loss, 0);
      }
      float[] dx = binding.value(1);
      return () ->
          kernel.crossEntropyGradient(
              rows, classes, x, 0, classes, labels, 0, loss, 0, scale, dx, 0, classes);
    }
    float[] t = binding.input(1);
    if (!binding.wanted(1)) {
      return () -> kernel.crossEntropy(rows, classes, x, 0, classes, t, 0, classes, loss, 0);
    }
    float[] dx = binding.value(1);
    return () ->
        kernel.crossEntropyGradient(
            rows, classes, x, 0, classes, t, 0, classes, loss, 0, scale, dx, 0, classes);
  }
}
