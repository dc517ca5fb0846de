package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Step;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pointwise.Elementwise;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A gradient, input 0, each element cut to a range around 0; see {@link Elementwise#clip}.
 *
 * @param limit what an element's size may be at most
 * @param due whether the step that runs needs the value
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public record ClipValueOp(float limit, BooleanSupplier due) implements TileFollower {
  @Override
  public String name() {
    return "clip";
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
    throw new IllegalArgumentException(name() + " cannot be differentiated");
  }

  @Override
  public Step step(Node self, Binding binding) {
    Elementwise kernel = binding.kernels().elementwise();
    int n = binding.shape(self).elements();
    float[] gradient = binding.floats(self.input(0));
    float[] clipped = binding.floats(self);
    return () -> {
      if (due.getAsBoolean()) {
        kernel.clip(n, -limit, limit, gradient, 0, clipped, 0);
      }
    };
  }

  @Override
  public TileConsumer consumer(Node self, Binding binding, @Nullable TileConsumer next) {
    Elementwise kernel = binding.kernels().elementwise();
    TileConsumer own =
        (tile, offset, ld, row, rows, column, columns) -> {
          for (int i = 0; i < rows && due.getAsBoolean(); i++) {
            int at = offset + i * ld;
            kernel.clip(columns, -limit, limit, tile, at, tile, at);
          }
        };
    return next == null ? own : own.andThen(next);
  }
}
