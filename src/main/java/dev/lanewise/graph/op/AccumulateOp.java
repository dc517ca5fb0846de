package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The mean of a gradient, input 0, over several steps: each step adds it to sums that outlive the
 * plan; in a step that is due, the value is the sums times 1 / steps, and the sums become +0. In
 * other steps the value is undefined.
 *
 * @param steps how many steps make a mean
 * @param sums the sums, of the gradient's shape
 * @param due whether the step that runs ends a mean
 */
public record AccumulateOp(int steps, Tensor sums, BooleanSupplier due) implements Op {
  @Override
  public String name() {
    return "accumulate";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.getFirst().equals(sums.shape())) {
      throw new IllegalArgumentException(
          "accumulate has sums of shape "
              + sums.shape()
              + ", but was given a gradient of shape "
              + inputs.getFirst());
    }
    return inputs.getFirst();
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  public Step step(Binding binding) {
    Elementwise kernel = binding.kernels().elementwise();
    float[] gradient = binding.input(0);
    float[] mean = binding.value();
    float[] sum = sums.data();
    int n = sum.length;
    float share = 1f / steps;
    return () -> {
      kernel.add(n, sum, 0, gradient, 0, sum, 0);
      if (due.getAsBoolean()) {
        kernel.scale(n, share, sum, 0, mean, 0);
        Arrays.fill(sum, 0f);
      }
    };
  }
}
