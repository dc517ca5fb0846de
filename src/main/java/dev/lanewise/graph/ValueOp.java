package dev.lanewise.graph;

import dev.lanewise.tensor.Shape;
import java.util.List;

/** One of the further values of the operation of input 0: {@code more.get(index - 1)}. */
record ValueOp(int index, Value value) implements Op {
  @Override
  public String name() {
    return value.name();
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return value.shape();
  }

  @Override
  public boolean ints() {
    return value.ints();
  }

  @Override
  public int indexInInput() {
    return index;
  }

  @Override
  public boolean readsValue(int input) {
    return false;
  }
}
