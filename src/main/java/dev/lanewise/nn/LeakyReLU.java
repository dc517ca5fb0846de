package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import java.util.List;

/**
 * x &gt; 0 ? x : slope · x, as a layer of its own (Keras's LeakyReLU).
 *
 * @param slope the slope for negative values, at least 0
 */
public record LeakyReLU(double slope) implements Layer {
  /**
   * Checks the slope.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public LeakyReLU {
    Nonlinearity.leakyRelu((float) slope);
  }

  /** The layer with Keras's default, 0.3. */
  public LeakyReLU() {
    this(0.3);
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    return ops.nonlinearity(x, Nonlinearity.leakyRelu((float) slope));
  }
}
