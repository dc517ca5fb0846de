package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pointwise.Dropout;

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
  public Node gradient(Graph graph, Node self, Node dy, int input) {
    return graph.add(this, dy);
  }

  @Override
  public Runnable step(Binding binding) {
    StepState state = binding.state();
    return binding.step(
        (k, n, x, y) -> k.dropout().apply(n, rate, state.key(stream), 0, x, 0, y, 0));
  }

  @Override
  public TileConsumer consumer(Binding binding) {
    Dropout kernel = binding.kernels().dropout();
    StepState state = binding.state();
    int width = binding.shape().dim(-1);
    return (tile, offset, ld, row, rows, column, columns) -> {
      long key = state.key(stream);
      if (columns == width && ld == width) {
        kernel.apply(rows * columns, rate, key, row * width, tile, offset, tile, offset);
        return;
      }
      for (int i = 0; i < rows; i++) {
        int at = offset + i * ld;
        kernel.apply(columns, rate, key, (row + i) * width + column, tile, at, tile, at);
      }
    };
  }
}
