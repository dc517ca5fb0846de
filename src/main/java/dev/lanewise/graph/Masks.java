package dev.lanewise.graph;

import dev.lanewise.graph.op.AddBiasOp;
import dev.lanewise.graph.op.Conv2dOp;
import dev.lanewise.graph.op.DropoutOp;
import dev.lanewise.graph.op.MaxPool2dOp;
import dev.lanewise.graph.op.PooledGradient;
import dev.lanewise.graph.op.ReluOp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites ReLU gradients so that their masks are read from the last value of a tile chain, not
 * from values in its middle, which then need not be stored. Both rewrites keep every bit:
 *
 * <ul>
 *   <li>With p = maxPool(r): the gradient of r through p reaches only winners, and there r and p
 *       are equal, so masking p's gradient by p &gt; 0 before it is spread is masking r's by r &gt;
 *       0 after it.
 *   <li>With d = dropout(r): a dropped element's gradient is +0 whatever the mask says, and a kept
 *       one's d is r times a number of at least 1, so d &gt; 0 is r &gt; 0. And where d &gt; 0 the
 *       element was kept, so that dropout's gradient needs no random numbers there.
 * </ul>
 *
 * <p>It also has the gradients of biases, and of weights where nothing but them is wanted (in a
 * first layer), read the gradient behind a pooling of 2 × 2 windows, which then need not be spread.
 */
final class Masks {
  private final List<Node> originals;
  private final Graph result = new Graph();
  private final Map<Node, Node> rewritten = new HashMap<>();

  private Masks(List<Node> originals) {
    this.originals = originals;
  }

  /** The rewritten graph, and where the original's nodes went. */
  record Rewritten(Graph graph, Map<Node, Node> nodes) {}

  static Rewritten rewrite(List<Node> nodes) {
    Masks masks = new Masks(nodes);
    for (Node node : masks.originals) {
      masks.rewritten.put(node, masks.copy(node));
    }
    return new Rewritten(masks.result, masks.rewritten);
  }

  private Node copy(Node node) {
    List<Node> inputs = node.inputs().stream().map(rewritten::get).toList();
    if (node.op() instanceof ReluOp.Gradient) {
      return reluGradient(inputs.get(1), inputs.get(0));
    }
    if (node.op() instanceof Conv2dOp.WeightGradient gradient
        && inputs.get(1).op() instanceof MaxPool2dOp.Gradient spread
        && spread.window().pairs()
        && onlyGivesParameters(node.input(1))) {
      return result.add(
          new PooledGradient.Weights(gradient.sizes(), spread.window()),
          inputs.get(0),
          inputs.get(1).input(0),
          inputs.get(1).input(1));
    }
    if (node.op() instanceof AddBiasOp.Gradient
        && inputs.getFirst().op() instanceof MaxPool2dOp.Gradient spread
        && spread.window().pairs()) {
      Node dy = inputs.getFirst();
      return result.add(new PooledGradient.Bias(spread.window()), dy.input(0), dy.input(1));
    }
    return result.add(node.op(), inputs);
  }

  /** Whether a gradient is read for those of weights and biases only, as in a first layer. */
  private boolean onlyGivesParameters(Node dy) {
    return originals.stream()
        .filter(node -> node.inputs().contains(dy))
        .allMatch(
            node ->
                node.op() instanceof Conv2dOp.WeightGradient
                    || node.op() instanceof AddBiasOp.Gradient);
  }

  private Node reluGradient(Node mask, Node dy) {
    if (dy.op() instanceof MaxPool2dOp.Gradient && dy.input(1).input(0) == mask) {
      Node pooled = dy.input(1);
      return result.add(dy.op(), reluGradient(pooled, dy.input(0)), pooled);
    }
    Node dropped = dropoutOf(mask, dy);
    return dropped != null && dy.op() instanceof DropoutOp dropout
        ? result.add(new DropoutOp.ReluGradient(dropout.rate()), dy.input(0), dropped)
        : result.add(new ReluOp.Gradient(), dy, mask);
  }

  /** The dropout of {@code mask} whose backward pass gave {@code dy}, if there is one. */
  private @Nullable Node dropoutOf(Node mask, Node dy) {
    if (dy.op() instanceof DropoutOp) {
      for (Node node : result.nodes()) {
        if (node.op().equals(dy.op()) && node.input(0) == mask) {
          return node;
        }
      }
    }
    return null;
  }
}
