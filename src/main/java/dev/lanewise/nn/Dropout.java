package dev.lanewise.nn;

import dev.lanewise.graph.Node;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import java.util.List;

/**
 * Inverted dropout (Keras's Dropout): active in training only.
 *
 * @param rate the probability that an element is dropped, from 0 to 1
 */
public record Dropout(double rate) implements Layer {
  /**
   * Checks the rate.
   *
   * @throws IllegalArgumentException if the rate is not from 0 to 1
   */
  public Dropout {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException("the rate is " + rate + ", but must be from 0 to 1");
    }
  }

  @Override
  public Node apply(Ops ops, Node x, List<Variable> weights, boolean training, int stream) {
    return training && rate > 0 ? ops.dropout(x, rate, stream) : x;
  }
}
