package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Rewriting;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.op.DropoutOp;
import dev.lanewise.graph.op.ReluOp;
import dev.lanewise.graph.op.StepOp;
import dev.lanewise.kernel.pointwise.Dropout;
import org.jspecify.annotations.Nullable;

/**
 * Joins the gradients of d = dropout(relu) and of relu, with d as the mask: relu then need not be
 * stored, and no random number be drawn again. A dropped element's gradient is +0 whatever the mask
 * says, and a kept one's d is relu times a number of at least 1, so d &gt; 0 is relu &gt; 0; and
 * where d &gt; 0 the element was kept.
 */
final class DropoutReluGradient implements Rule {
  @Override
  public @Nullable Node apply(Node node, Rewriting rewriting) {
    if (!(node.op() instanceof ReluOp.Gradient)
        || !(node.input(0).op() instanceof DropoutOp dropout)) {
      return null;
    }
    float scale = Dropout.scale(dropout.rate());
    // From the gradient behind dropout, input 0, and dropout's output, input 1.
    StepOp joined =
        StepOp.of(
            "dropout and relu gradient",
            node.shape(),
            (k, n, dy, y, dx) -> k.activation().backwardScaledRelu(n, scale, y, 0, dy, 0, dx, 0));
    // The gradient of dropout is the same operation, so that an equal one that reads relu is d.
    for (Node reader : rewriting.readers(node.input(1))) {
      if (reader.op().equals(dropout) && rewriting.isCopied(reader)) {
        return rewriting.add(joined, node.input(0).input(0), reader);
      }
    }
    return null;
  }
}
