package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.pointwise.Nonlinear;
import dev.lanewise.kernel.pointwise.Nonlinearity;
import dev.lanewise.tensor.Shape;
import java.util.List;
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
  public Shape shape(List<Shape> inputs) {
    return inputs.getFirst();
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    Node saved = function.gradientReadsOutput() ? self : self.input(0);
    return graph.add(new Gradient(function), dy, saved);
  }

  @Override
  public Step step(Node self, Binding binding) {
    Nonlinear kernel = binding.kernels().nonlinear();
    int n = binding.shape(self).elements();
    float[] x = binding.floats(self.input(0));
    float[] y = binding.floats(self);
    return () -> kernel.apply(function, n, x, 0, y, 0);
  }

  /**
   * The function's gradient: input 0 is the gradient with respect to the output, input 1 the output
   * or the input, whichever the function's gradient is computed from.
   *
   * @param function the function
   */
  public record Gradient(Nonlinearity function) implements Op {
    @Override
    public String name() {
      return new NonlinearityOp(function).name() + " gradient";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return inputs.getFirst();
    }

    @Override
    public Placement placement() {
      return Placement.IN_PLACE;
    }

    @Override
    public Node gradient(Graph graph, Node self, Node dy, int input) {
      throw new IllegalArgumentException("second derivatives are not supported");
    }

    @Override
    public Step step(Node self, Binding binding) {
      Nonlinear kernel = binding.kernels().nonlinear();
      int n = binding.shape(self).elements();
      float[] dy = binding.floats(self.input(0));
      float[] saved = binding.floats(self.input(1));
      float[] dx = binding.floats(self);
      return () -> kernel.gradient(function, n, saved, 0, dy, 0, dx, 0);
    }
  }
}
