package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Step;
import dev.lanewise.graph.TileFollower;
import dev.lanewise.kernel.TileConsumer;
import dev.lanewise.kernel.pointwise.Activation;
import dev.lanewise.tensor.Shape;
import java.util.List;

/** {@link AddBiasOp} and then {@link ReluOp} in one pass: plans put it in the place of the two. */
public record BiasReluOp() implements TileFollower {
  @Override
  public String name() {
    return "add bias + relu";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return new AddBiasOp().shape(inputs);
  }

  @Override
  public Placement placement() {
    return Placement.IN_PLACE;
  }

  @Override
  public Step step(Binding binding) {
    Activation kernel = binding.kernels().activation();
    float[] x = binding.input(0);
    float[] bias = binding.input(1);
    float[] y = binding.value();
    int columns = binding.inputShape(1).elements();
    int rows = binding.shape().elements() / columns;
    return () -> kernel.addBiasRelu(rows, columns, x, bias, y);
  }

  @Override
  public TileConsumer consumer(Binding binding) {
    return binding.kernels().activation().biasReluTiles(binding.input(1), 0);
  }
}
