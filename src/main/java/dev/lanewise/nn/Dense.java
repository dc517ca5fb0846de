package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * A fully connected layer with bias (Keras's Dense): y = activation(x·kernel + bias), kernel in ×
 * out.
 *
 * @param units number of outputs
 * @param activation what is applied to the output
 * @param initializer what gives the kernel its first values
 * @param l2 the factor of the kernel's L2 penalty, l2 · Σ w², 0 for none
 */
public record Dense(int units, ActivationFunction activation, Initializer initializer, double l2)
    implements Layer {
  /**
   * Checks the size and the penalty.
   *
   * @throws IllegalArgumentException if there are no units, or the penalty is negative
   */
  public Dense {
    Check.atLeast("units", units, 1);
    penalty(l2);
  }

  /**
   * A layer with Glorot's uniform kernel and no penalty, as in Keras.
   *
   * @param units number of outputs
   * @param activation what is applied to the output
   */
  public Dense(int units, ActivationFunction activation) {
    this(units, activation, Initializer.GLOROT_UNIFORM, 0);
  }

  /**
   * Returns the same layer with another initializer of its kernel.
   *
   * @param other the initializer
   * @return a new layer
   */
  public Dense withInitializer(Initializer other) {
    return new Dense(units, activation, other, l2);
  }

  /**
   * Returns the same layer with an L2 penalty of its kernel (Keras's kernel_regularizer).
   *
   * @param factor what the sum of squares is multiplied by, at least 0
   * @return a new layer
   */
  public Dense withL2(double factor) {
    return new Dense(units, activation, initializer, factor);
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != 1) {
      throw new IllegalArgumentException(
          "Dense takes rows of features, but was given "
              + input
              + ": a Flatten layer before it makes an image a row");
    }
    return Shape.of(units);
  }

  @Override
  public List<Weight> weights(Shape input) {
    return List.of(
        new Weight("kernel", Shape.of(input.dim(0), units), initializer, l2),
        new Weight("bias", Shape.of(units), Initializer.ZEROS));
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    Node y = ops.matmul(x, ops.variable(weights.get(0)));
    return activation.apply(ops, ops.addBias(y, ops.variable(weights.get(1))));
  }

  /** Refuses the factor of a penalty that is negative or not finite. */
  static void penalty(double l2) {
    if (!(l2 >= 0 && l2 < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("l2 is " + l2 + ", but must be finite and not negative");
    }
  }
}
