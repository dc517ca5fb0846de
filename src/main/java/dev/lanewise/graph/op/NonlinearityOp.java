package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.kernel.pointwise.Nonlinear;
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
        new StepOp(name() + " gradient", dy.shape(), Placement.IN_PLACE, this::backward),
        dy,
        saved);
  }

  @Override
  public Runnable step(Binding binding) {
    Nonlinear kernel = binding.kernels().nonlinear();
    return binding.step((n, x, y) -> kernel.apply(function, n, x, 0, y, 0));
  }

  /** From the gradient with respect to the output, input 0, and the output or input, input 1. */
  private Runnable backward(Binding binding) {
    Nonlinear kernel = binding.kernels().nonlinear();
    return binding.step((n, dy, saved, dx) -> kernel.gradient(function, n, saved, 0, dy, 0, dx, 0));
  }
}
