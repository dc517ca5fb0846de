package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Op;
import dev.lanewise.graph.Step;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.kernel.pointwise.Dropout;
import dev.lanewise.tensor.Shape;

/**
 * Dropout of input 0. Its gradient is the same operation on the gradient: what an element suffers
 * depends on seed, stream, step and index alone.
 *
 * @param rate the probability of being dropped, from 0 to 1
 * @param stream the stream of random numbers, one a layer
 */
public record DropoutOp(double rate, int stream) implements TileFollower {
  @Override
  public String name() {
    return "dropout";
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return graph.add(this, dy);
  }

  @Override
  public Step step(Binding binding) {
    Dropout kernel = binding.kernels().dropout();
    StepState state = binding.state();
    int n = binding.shape().elements();
    float[] x = binding.input(0);
    float[] y = binding.value();
    return () -> kernel.apply(n, rate, state.key(stream), 0, x, 0, y, 0);
  }

  @Override
  public TileConsumer consumer(Binding binding) {
    Shape shape = binding.shape();
    return new Tiles(
        binding.kernels().dropout(), binding.state(), rate, stream, shape.dim(shape.rank() - 1));
  }

  /**
   * The gradient of dropout and the ReLU before it, from the gradient behind dropout, input 0, and
   * dropout's output, input 1: plans put it in the place of the two.
   *
   * @param rate the probability of being dropped
   */
  public record ReluGradient(double rate) implements Op {
    @Override
    public String name() {
      return "dropout and relu gradient";
    }

    @Override
    public Placement placement() {
      return Placement.IN_PLACE;
    }

    @Override
    public Step step(Binding binding) {
      Activation kernel = binding.kernels().activation();
      int n = binding.shape().elements();
      float scale = Dropout.scale(rate);
      float[] dy = binding.input(0);
      float[] y = binding.input(1);
      float[] dx = binding.value();
      return () -> kernel.scaledReluGradient(n, scale, y, 0, dy, 0, dx, 0);
    }
  }

  /** Drops elements of tiles in place; an output row has {@code width} elements. */
  private record Tiles(Dropout kernel, StepState state, double rate, int stream, int width)
      implements TileConsumer {
    @Override
    public void accept(
        float[] tile, int offset, int ld, int row, int rows, int column, int columns) {
      long key = state.key(stream);
      if (columns == width && ld == width) {
        kernel.apply(rows * columns, rate, key, row * width, tile, offset, tile, offset);
        return;
      }
      for (int i = 0; i < rows; i++) {
        int at = offset + i * ld;
        kernel.apply(columns, rate, key, (row + i) * width + column, tile, at, tile, at);
      }
    }
  }
}
