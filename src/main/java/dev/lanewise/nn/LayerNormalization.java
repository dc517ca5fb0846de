package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.LayerNormalizationOp;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.support.Check;
import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings each sample's values along its last dimensions to mean 0 and variance 1, then multiplies
 * by gamma and adds beta (Keras's LayerNormalization): y = (x − mean) / sqrt(variance + epsilon) ·
 * gamma + beta, the same in training and afterwards. Gamma begins as ones, beta as zeros, each in
 * the shape of those dimensions.
 *
 * @param dims over how many of the last dimensions: 1 is Keras's axis −1, 2 its axis (−2, −1)
 * @param epsilon what is added to the variance, above 0
 * @param center whether beta is added
 * @param scale whether gamma multiplies
 */
public record LayerNormalization(int dims, double epsilon, boolean center, boolean scale)
    implements Layer {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are no dimensions, or epsilon is no positive float
   */
  public LayerNormalization {
    Check.atLeast("dims", dims, 1);
    checkEpsilon(epsilon);
  }

  /** The layer with Keras's defaults: the last dimension, epsilon 0.001, gamma and beta. */
  public LayerNormalization() {
    this(1, 1e-3, true, true);
  }

  private LayerNormalizationOp op() {
    return new LayerNormalizationOp(dims, (float) epsilon, scale, center);
  }

  @Override
  public Shape outputShape(Shape input) {
    return op().shape(List.of(input));
  }

  @Override
  public List<Weight> weights(Shape input) {
    return scaleAndShift(op().row(input), scale, center);
  }

  /** Gamma and beta, each if it is wanted, in a list that may grow. */
  static List<Weight> scaleAndShift(Shape shape, boolean scale, boolean center) {
    List<Weight> weights = new ArrayList<>();
    if (scale) {
      weights.add(new Weight("gamma", shape, Initializer.ONES));
    }
    if (center) {
      weights.add(new Weight("beta", shape, Initializer.ZEROS));
    }
    return weights;
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    List<Node> inputs = new ArrayList<>(List.of(x));
    weights.forEach(variable -> inputs.add(ops.variable(variable)));
    return ops.graph().add(op(), inputs);
  }

  /** Refuses what is added to a variance if it is no positive float. */
  static void checkEpsilon(double epsilon) {
    if (!((float) epsilon > 0 && (float) epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "epsilon is " + epsilon + ", but must be a positive number as a float");
    }
  }
}
