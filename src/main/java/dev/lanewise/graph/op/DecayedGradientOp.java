package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * A gradient, input 0, plus that of an L2 penalty of its weights, input 1: fma(factor, w, g).
 *
 * @param factor twice the penalty's factor
 */
public record DecayedGradientOp(float factor) implements Op {
  @Override
  public String name() {
    return "L2 gradient";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.get(0).equals(inputs.get(1))) {
      throw new IllegalArgumentException(
          "the gradient of an L2 penalty takes a gradient and weights of one shape, but was given "
              + inputs.get(0)
              + " and "
              + inputs.get(1));
    }
    return inputs.getFirst();
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the question is whether they are the same memory
  public Step step(Binding binding) {
    Elementwise kernel = binding.kernels().elementwise();
    int n = binding.shape().elements();
    float[] gradient = binding.input(0);
    float[] weights = binding.input(1);
    float[] sum = binding.value();
    boolean inPlace = gradient == sum;
    return () -> {
      if (!inPlace) {
        System.arraycopy(gradient, 0, sum, 0, n);
      }
      kernel.axpy(n, factor, weights, 0, sum, 0);
    };
  }
}
