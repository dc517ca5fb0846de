package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Rewriting;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.op.AddBiasOp;
import dev.lanewise.graph.op.Conv2dOp;
import dev.lanewise.graph.op.MaxPool2dOp;
import dev.lanewise.graph.op.PooledGradient;
import org.jspecify.annotations.Nullable;

/**
 * Has a convolution's weight gradient read the gradient behind a pooling of 2 × 2 windows, if only
 * gradients of weights and biases are wanted there (in a first layer): nobody then spreads it.
 */
final class PooledWeightGradient implements Rule {
  @Override
  public @Nullable Node apply(Node node, Rewriting rewriting) {
    if (!(node.op() instanceof Conv2dOp.WeightGradient gradient)
        || !(node.input(1).op() instanceof MaxPool2dOp.Gradient spread)
        || !spread.window().pairs()) {
      return null;
    }
    Node dy = node.input(1);
    boolean onlyParameters =
        rewriting.readers(dy).stream()
            .allMatch(
                reader ->
                    reader.op() instanceof Conv2dOp.WeightGradient
                        || reader.op() instanceof AddBiasOp.Gradient);
    return onlyParameters
        ? rewriting.add(
            new PooledGradient.Weights(gradient.sizes(), spread.window()),
            node.input(0),
            dy.input(0),
            dy.input(1))
        : null;
  }
}
