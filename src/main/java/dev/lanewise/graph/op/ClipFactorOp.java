package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The factor that brings the Euclidean norm of some gradients, all inputs together, down to a
 * limit: one number, 1 if the norm is not above the limit, else limit / norm.
 *
 * <p>The norm is computed in double: each input's squared norm by {@link
 * Reduce#squaredNormInDouble}, added in the order of the inputs. Of an infinite norm (an element is
 * infinite) the factor is 0, or NaN if {@code spoiledByInfinity}: Keras's clipnorm does the one,
 * its global_clipnorm the other. Of an undefined norm it is NaN.
 *
 * @param limit what the norm may be at most, above 0
 * @param spoiledByInfinity whether an infinite norm makes the factor NaN
 * @param due whether the step that runs needs the value
 */
public record ClipFactorOp(double limit, boolean spoiledByInfinity, BooleanSupplier due)
    implements Op {
  private static final Shape ONE = Shape.of(1);

  @Override
  public String name() {
    return "clip factor";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return ONE;
  }

  @Override
  public Step step(Binding binding) {
    Reduce kernel = binding.kernels().reduce();
    int count = binding.inputs().size();
    float[][] gradients = new float[count][];
    int[] sizes = new int[count];
    for (int i = 0; i < count; i++) {
      gradients[i] = binding.input(i);
      sizes[i] = binding.inputShape(i).elements();
    }
    float[] factor = binding.value();
    return () -> {
      if (due.getAsBoolean()) {
        double square = 0;
        for (int i = 0; i < count; i++) {
          square += kernel.squaredNormInDouble(sizes[i], gradients[i], 0);
        }
        factor[0] = factor(Math.sqrt(square));
      }
    };
  }

  private float factor(double norm) {
    if (norm == Double.POSITIVE_INFINITY && spoiledByInfinity) {
      return Float.NaN;
    }
    return norm <= limit ? 1 : (float) (limit / norm);
  }
}
