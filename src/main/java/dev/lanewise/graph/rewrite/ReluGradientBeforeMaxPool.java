package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Rewriting;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.op.MaxPool2dOp;
import dev.lanewise.graph.op.ReluOp;
import org.jspecify.annotations.Nullable;

/**
 * Masks the gradient of p = maxPool(relu) by p before it is spread, not by relu after it: relu then
 * need not be stored. The gradient reaches only winners, and there p and relu are equal, so p &gt;
 * 0 is relu &gt; 0.
 */
final class ReluGradientBeforeMaxPool implements Rule {
  @Override
  public @Nullable Node apply(Node node, Rewriting rewriting) {
    if (!(node.op() instanceof ReluOp.Gradient)
        || !(node.input(0).op() instanceof MaxPool2dOp.Gradient spread)) {
      return null;
    }
    Node dy = node.input(0).input(0);
    Node argmax = node.input(0).input(1);
    Node pooled = argmax.input(0);
    return pooled.op() instanceof MaxPool2dOp && pooled.input(0) == node.input(1)
        ? rewriting.add(spread, rewriting.add(node.op(), dy, pooled), argmax)
        : null;
  }
}
