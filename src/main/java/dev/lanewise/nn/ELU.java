package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import java.util.List;

/**
 * x &gt; 0 ? x : alpha · (exp(x) − 1), as a layer of its own (Keras's ELU).
 *
 * @param alpha what it tends to, negated, at −∞, at least 0
 */
public record ELU(double alpha) implements Layer {
  /**
   * Checks the alpha.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public ELU {
    Nonlinearity.elu((float) alpha);
  }

  /** The layer with Keras's default, 1. */
  public ELU() {
    this(1);
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    return ops.nonlinearity(x, Nonlinearity.elu((float) alpha));
  }
}
