package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Step;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pointwise.Elementwise;
import java.util.function.BooleanSupplier;

/**
 * A gradient, input 0, each element cut to a range around 0; see {@link Elementwise#clip}.
 *
 * @param limit what an element's size may be at most
 * @param due whether the step that runs needs the value
 */
public record ClipValueOp(float limit, BooleanSupplier due) implements TileFollower {
  @Override
  public String name() {
    return "clip";
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  public Step step(Binding binding) {
    Elementwise kernel = binding.kernels().elementwise();
    int n = binding.shape().elements();
    float[] gradient = binding.input(0);
    float[] clipped = binding.value();
    return () -> {
      if (due.getAsBoolean()) {
        kernel.clip(n, -limit, limit, gradient, 0, clipped, 0);
      }
    };
  }

  @Override
  public TileConsumer consumer(Binding binding) {
    Elementwise kernel = binding.kernels().elementwise();
    return (tile, offset, ld, row, rows, column, columns) -> {
      for (int i = 0; i < rows && due.getAsBoolean(); i++) {
        int at = offset + i * ld;
        kernel.clip(columns, -limit, limit, tile, at, tile, at);
      }
    };
  }
}
