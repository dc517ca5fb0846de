package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.kernel.TileConsumer;

/** ReLU of input 0. */
public record ReluOp() implements TileFollower {
  @Override
  public String name() {
    return "relu";
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return graph.add(new Gradient(), dy, self);
  }

  @Override
  public Runnable step(Binding binding) {
    return binding.step((k, n, x, y) -> k.activation().relu(n, x, 0, y, 0));
  }

  @Override
  public TileConsumer consumer(Binding binding) {
    return binding.kernels().activation().reluTiles();
  }

  /** ReLU's gradient: input 0, where input 1, a forward output, is above 0, else +0. */
  public record Gradient() implements Op {
    @Override
    public String name() {
      return "relu gradient";
    }

    @Override
    public Placement placement() {
      return Placement.IN_PLACE;
    }

    @Override
    public Runnable step(Binding binding) {
      return binding.step((k, n, dy, y, dx) -> k.activation().backwardRelu(n, y, 0, dy, 0, dx, 0));
    }
  }
}
