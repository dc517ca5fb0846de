package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * 2-D average-pooling of input 0, NHWC.
 *
 * @param window the sizes; their batch is not looked at
 */
public record AveragePool2dOp(Pool2dShape window) implements Op {
  @Override
  public String name() {
    return "average pool";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return MaxPool2dOp.pooled(name(), inputs.getFirst(), window);
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return graph.add(
        new StepOp(
            "average pool gradient",
            self.input(0).shape(),
            of -> {
              Pool2dShape sizes = window.withBatch(of.shape().dim(0));
              return of.step((k, _, g, dx) -> k.averagePool2d().backward(sizes, g, 0, dx, 0));
            }),
        dy);
  }

  @Override
  public Runnable step(Binding binding) {
    Pool2dShape sizes = window.withBatch(binding.shape().dim(0));
    return binding.step((k, _, x, y) -> k.averagePool2d().forward(sizes, x, 0, y, 0));
  }
}
