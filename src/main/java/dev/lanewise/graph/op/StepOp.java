package dev.lanewise.graph.op;

import dev.lanewise.graph.Binding;
import dev.lanewise.graph.Op;
import dev.lanewise.tensor.Shape;
import java.util.List;
import java.util.function.Function;

/**
 * An operation that its step alone sets apart, whose shape is known where it is appended: most
 * gradients are such. It cannot be differentiated, and no rule asks for it.
 *
 * @param name what messages call it
 * @param value the shape of its value
 * @param placement where that is kept
 * @param maker makes the step
 */
public record StepOp(
    String name, Shape value, Placement placement, Function<Binding, Runnable> maker)
    implements Op {
  /**
   * An operation whose value has memory of its own.
   *
   * @param name what messages call it
   * @param value the shape of its value
   * @param maker makes the step
   */
  public StepOp(String name, Shape value, Function<Binding, Runnable> maker) {
    this(name, value, Placement.OWN, maker);
  }

  /**
   * Makes an operation whose value may take the memory of its one input, element by element.
   *
   * @param name what messages call it
   * @param value the shape of its value
   * @param of computes it
   * @return the operation
   */
  public static StepOp of(String name, Shape value, Binding.OfOne of) {
    return new StepOp(name, value, Placement.IN_PLACE, binding -> binding.step(of));
  }

  /**
   * Makes an operation whose value may take the memory of its first input, element by element.
   *
   * @param name what messages call it
   * @param value the shape of its value
   * @param of computes it from two inputs
   * @return the operation
   */
  public static StepOp of(String name, Shape value, Binding.OfTwo of) {
    return new StepOp(name, value, Placement.IN_PLACE, binding -> binding.step(of));
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return value;
  }

  @Override
  public Runnable step(Binding binding) {
    return maker.apply(binding);
  }
}
