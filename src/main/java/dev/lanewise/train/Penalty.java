package dev.lanewise.train;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.DecayedGradientOp;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.reduce.Reduce;
import dev.lanewise.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/** The L2 penalties of a model's weights: what they add to the loss, and to the gradients. */
final class Penalty {
  private final List<Variable> variables;
  private final double[] factors;
  private final Reduce reduce;

  Penalty(Sequential model, Reduce reduce) {
    variables = model.trainableVariables();
    factors = model.penalties().stream().mapToDouble(Double::doubleValue).toArray();
    this.reduce = reduce;
  }

  /** The sum of factor · Σ w² over the variables in their order, in double. */
  double value() {
    double sum = 0;
    for (int i = 0; i < factors.length; i++) {
      if (factors[i] > 0) {
        float[] values = variables.get(i).values();
        sum += factors[i] * reduce.squaredNormInDouble(values.length, values, 0);
      }
    }
    return sum;
  }

  /** The gradients with 2 · factor · w added where there is a penalty. */
  List<Node> gradients(Ops ops, List<Node> gradients) {
    List<Node> all = new ArrayList<>();
    for (int i = 0; i < factors.length; i++) {
      Node gradient = gradients.get(i);
      all.add(
          factors[i] > 0
              ? ops.graph()
                  .add(
                      new DecayedGradientOp((float) (2 * factors[i])),
                      gradient,
                      ops.variable(variables.get(i)))
              : gradient);
    }
    return all;
  }
}
