package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.graph.Updater;
import dev.lanewise.graph.Variable;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.update.Update;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * An optimizer's update of a variable from its gradient, input 0. It has no value; a plan runs it
 * after everything that reads the old weights: on the tiles of the gradient's product where nothing
 * else needs the gradient, which is then stored nowhere.
 *
 * @param target the variable to update
 * @param updater the optimizer's rule for it
 */
public record UpdateOp(Variable target, Updater updater) implements TileFollower {
  @Override
  public String name() {
    return "update of '" + target.name() + "'";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.getFirst().equals(target.shape())) {
      throw new IllegalArgumentException(
          "%s takes a gradient of shape %s, but was given %s"
              .formatted(name(), target.shape(), inputs.getFirst()));
    }
    return target.shape();
  }

  /** A copy of what lies in a variable, since another update of the same run may change that. */
  @Override
  public List<Node> reads(Graph graph, List<Node> given) {
    Variable source = given.getFirst().variable();
    if (source == target) {
      throw new IllegalArgumentException(
          "the variable '" + target.name() + "' cannot be updated with its own weights");
    }
    StepOp copy =
        new StepOp(
            "copy",
            given.getFirst().shape(),
            binding -> binding.step((_, n, from, to) -> System.arraycopy(from, 0, to, 0, n)));
    return source == null ? given : List.of(graph.add(copy, given.getFirst()));
  }

  /** An update changes the weights and leaves the gradient's tile as it is. */
  @Override
  public Placement placement() {
    return Placement.NONE;
  }

  @Override
  public Runnable step(Binding binding) {
    Update kernels = binding.kernels().update();
    float[] gradient = binding.input(0);
    int count = target.shape().elements();
    return () -> updater.update(kernels, gradient, 0, 0, count);
  }

  @Override
  public TileConsumer consumer(Binding binding) {
    Update kernels = binding.kernels().update();
    int width = target.shape().dim(-1);
    return (tile, offset, ld, row, rows, column, columns) -> {
      if (ld == width && columns == width) {
        updater.update(kernels, tile, offset, row * width, rows * width);
        return;
      }
      for (int i = 0; i < rows; i++) {
        updater.update(kernels, tile, offset + i * ld, (row + i) * width + column, columns);
      }
    };
  }
}
