package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * 2-D max-pooling of input 0, NHWC. Its second value is the winners, ints.
 *
 * @param window the sizes; their batch is not looked at
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public record MaxPool2dOp(Pool2dShape window) implements TileFollower {
  @Override
  public String name() {
    return "max pool";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return pooled(name(), inputs.getFirst(), window);
  }

  /** The shape of pooled images; refuses others than the window's. */
  static Shape pooled(String op, Shape x, Pool2dShape window) {
    Conv2dOp.checkImages(op, x, window.inHeight(), window.inWidth(), window.channels());
    return Shape.of(x.dim(0), window.outHeight(), window.outWidth(), window.channels());
  }

  @Override
  public List<Value> more(List<Shape> inputs) {
    return List.of(new Value("argmax", shape(inputs), true));
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return graph.add(new Gradient(window), dy, graph.value(self, 1));
  }

  @Override
  public boolean followsTiles() {
    return window.tileable();
  }

  @Override
  public Placement placement() {
    return Placement.OWN;
  }

  @Override
  public Runnable step(Binding binding) {
    Pool2dShape sizes = window.withBatch(binding.shape().dim(0));
    int @Nullable [] argmax = binding.wanted(1) ? binding.intValue(1) : null;
    return binding.step((k, _, x, y) -> k.maxPool2d().forward(sizes, x, 0, y, 0, argmax, 0));
  }

  @Override
  public TileConsumer consumer(Binding binding) {
    return consumer(binding, null);
  }

  @Override
  public TileConsumer consumer(Binding binding, @Nullable TileConsumer next) {
    Pool2dShape sizes = window.withBatch(binding.shape().dim(0));
    int @Nullable [] argmax = binding.wanted(1) ? binding.intValue(1) : null;
    return binding.kernels().maxPool2d().tiles(sizes, binding.value(), 0, argmax, 0, next);
  }

  /**
   * Max-pooling's gradient: input 0 is the gradient with respect to the output, input 1 the
   * winners.
   *
   * @param window the pooling's sizes
   */
  public record Gradient(Pool2dShape window) implements Op {
    @Override
    public String name() {
      return "max pool gradient";
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return Shape.of(
          inputs.getFirst().dim(0), window.inHeight(), window.inWidth(), window.channels());
    }

    @Override
    public Runnable step(Binding binding) {
      Pool2dShape sizes = window.withBatch(binding.shape().dim(0));
      int[] argmax = binding.ints(1);
      return binding.step((k, _, dy, dx) -> k.maxPool2d().backward(sizes, dy, 0, argmax, 0, dx, 0));
    }
  }
}
