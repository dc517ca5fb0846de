package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import java.util.Locale;

/**
 * An activation function beyond ReLU, of input 0.
 *
 * @param function the function
 */
public record NonlinearityOp(Nonlinearity function) implements Op {
  @Override
  public String name() {
    return function.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    Node saved = function.gradientReadsOutput() ? self : self.input(0);
    return graph.add(
        StepOp.of(
            name() + " gradient",
            dy.shape(),
            (k, n, g, s, dx) -> k.nonlinear().backward(function, n, s, 0, g, 0, dx, 0)),
        dy,
        saved);
  }

  @Override
  public Runnable step(Binding binding) {
    return binding.step((k, n, x, y) -> k.nonlinear().apply(function, n, x, 0, y, 0));
  }
}
