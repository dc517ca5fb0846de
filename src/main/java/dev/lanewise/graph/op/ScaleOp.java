package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A value, input 0, times a number that is computed in the same step, input 1: a gradient clipped
 * by {@link ClipFactorOp}.
 *
 * @param due whether the step that runs needs the value
 */
public record ScaleOp(BooleanSupplier due) implements Op {
  @Override
  public String name() {
    return "scale";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.get(1).equals(Shape.of(1))) {
      throw new IllegalArgumentException(
          "scale takes one number as its factor, but was given " + inputs.get(1));
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
    float[] x = binding.input(0);
    float[] factor = binding.input(1);
    float[] y = binding.value();
    boolean inPlace = x == y;
    return () -> {
      // Times 1 in place changes nothing: a gradient that is not clipped costs no pass.
      if (due.getAsBoolean() && !(factor[0] == 1 && inPlace)) {
        kernel.scale(n, factor[0], x, 0, y, 0);
      }
    };
  }
}
