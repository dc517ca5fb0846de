package dev.lanewise.graph.op;

import dev.lanewise.graph.Op;
import dev.lanewise.graph.Variable;
import dev.lanewise.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values from outside: float features or targets or int labels, which the caller fills in before a
 * plan runs, or the current weights of a variable.
 *
 * @param name what messages call it
 * @param value its shape
 * @param ints whether it is labels
 * @param variable the variable, or null
 */
@SuppressWarnings("exports") // @Nullable: see module-info
public record InputOp(String name, Shape value, boolean ints, @Nullable Variable variable)
    implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    return value;
  }

  @Override
  public Placement placement() {
    return Placement.OUTSIDE;
  }
}
