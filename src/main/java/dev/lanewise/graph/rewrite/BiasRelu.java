package dev.lanewise.graph.rewrite;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Rewriting;
import dev.lanewise.graph.Rule;
import dev.lanewise.graph.op.AddBiasOp;
import dev.lanewise.graph.op.ReluOp;
import org.jspecify.annotations.Nullable;

/**
 * Adds a bias and applies ReLU in one pass, if ReLU alone reads the sum: the same two roundings.
 */
final class BiasRelu implements Rule {
  @Override
  public @Nullable Node apply(Node node, Rewriting rewriting) {
    return node.op() instanceof ReluOp
            && node.input(0).op() instanceof AddBiasOp(boolean relu)
            && !relu
            && rewriting.servesOnly(node.input(0), node)
        ? rewriting.add(new AddBiasOp(true), node.input(0).inputs())
        : null;
  }
}
