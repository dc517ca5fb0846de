package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.kernel.nonlinear.Curve;
import dev.lanewise.kernel.nonlinear.Nonlinear;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.Locale;

/**
 * An activation function beyond ReLU, of input 0.
 *
 * @param curve the function
 */
public record CurveOp(Curve curve) implements Op {
  @Override
  public String name() {
    return curve.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
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
    Node saved = curve.gradientReadsOutput() ? self : self.input(0);
    return graph.add(new Gradient(curve), dy, saved);
  }

  @Override
  public Step step(Node self, Binding binding) {
    Nonlinear kernel = binding.kernels().nonlinear();
    int n = binding.shape(self).elements();
    float[] x = binding.floats(self.input(0));
    float[] y = binding.floats(self);
    return () -> kernel.apply(curve, n, x, 0, y, 0);
  }

  /**
   * The function's gradient: input 0 is the gradient with respect to the output, input 1 the output
   * or the input, whichever the function's gradient is computed from.
   *
   * @param curve the function
   */
  public record Gradient(Curve curve) implements Op {
    @Override
    public String name() {
      return new CurveOp(curve).name() + " gradient";
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
      return () -> kernel.gradient(curve, n, saved, 0, dy, 0, dx, 0);
    }
  }
}
