package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** The end of a normalization: gamma and beta, inputs that may be missing. */
record ScaleAndShift(boolean scale, boolean center) {
  /** Refuses weights, all inputs but the first, that do not have one's shape. */
  static Shape check(String name, List<Shape> inputs, Shape one) {
    Shape x = inputs.getFirst();
    for (Shape weights : inputs.subList(1, inputs.size())) {
      if (!weights.equals(one)) {
        throw new IllegalArgumentException(
            name + " of " + x + " takes weights of shape " + one + ", but was given " + weights);
      }
    }
    return x;
  }

  /** Gamma, if there is one at an input, or else as many ones. */
  float[] gamma(int input, int n, Binding binding) {
    if (scale) {
      return binding.input(input);
    }
    float[] ones = new float[n];
    Arrays.fill(ones, 1f);
    return ones;
  }

  /** Beta, behind gamma if there is one, or as many zeros. */
  float[] beta(int gamma, int n, Binding binding) {
    return center ? binding.input(scale ? gamma + 1 : gamma) : new float[n];
  }

  /** The memory of a further value, or other memory if nobody reads it. */
  static float[] further(int index, int n, Binding binding) {
    return binding.wanted(index) ? binding.value(index) : new float[n];
  }
}
