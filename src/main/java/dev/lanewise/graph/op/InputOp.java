package dev.lanewise.graph.op;

import dev.lanewise.graph.Op;
import dev.lanewise.tensor.Shape;
import java.util.List;

/**
 * Values that the caller fills in before a plan runs: float features or targets, or int labels.
 *
 * @param label what messages call it
 * @param value its shape
 * @param ints whether it is labels
 */
public record InputOp(String label, Shape value, boolean ints) implements Op {
  @Override
  public String name() {
    return (ints ? "labels '" : "input '") + label + "'";
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return value;
  }

  @Override
  public Placement placement() {
    return Placement.OUTSIDE;
  }
}
