package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Rewriting;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.op.AddBiasOp;
import dev.lanewise.graph.op.MaxPool2dOp;
import dev.lanewise.graph.op.PooledGradient;
import org.jspecify.annotations.Nullable;

/** Has a bias gradient read the gradient behind a pooling of 2 × 2 windows before it is spread. */
final class PooledBiasGradient implements Rule {
  @Override
  public @Nullable Node apply(Node node, Rewriting rewriting) {
    if (!(node.op() instanceof AddBiasOp.Gradient)
        || !(node.input(0).op() instanceof MaxPool2dOp.Gradient spread)
        || !spread.window().pairs()) {
      return null;
    }
    Node dy = node.input(0);
    return rewriting.add(new PooledGradient.Bias(spread.window()), dy.input(0), dy.input(1));
  }
}
