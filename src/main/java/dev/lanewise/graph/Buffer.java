package dev.lanewise.graph;

import dev.lanewise.tensor.Shape;
import org.jspecify.annotations.Nullable;

/** The memory of one value in a plan. */
public final class Buffer {
  private final Shape shape;
  private final float @Nullable [] floats;
  private final int @Nullable [] ints;

  /** The memory of floats, of ints, or with neither array that of a value that is not kept. */
  Buffer(Shape shape, float @Nullable [] floats, int @Nullable [] ints) {
    this.shape = shape;
    this.floats = floats;
    this.ints = ints;
  }

  /**
   * Returns the same memory under another shape.
   *
   * @param other the shape
   * @return another view
   */
  public Buffer as(Shape other) {
    return new Buffer(other, floats, ints);
  }

  /**
   * Returns the shape of the value.
   *
   * @return a shape without open dimensions
   */
  public Shape shape() {
    return shape;
  }

  /**
   * Returns whether there is memory.
   *
   * @return false if the plan keeps the value nowhere
   */
  public boolean isKept() {
    return floats != null || ints != null;
  }

  float[] floats() {
    return existing(floats);
  }

  int[] ints() {
    return existing(ints);
  }

  private <T> T existing(@Nullable T array) {
    if (array == null) {
      throw new IllegalStateException("the plan keeps no such value of shape " + shape);
    }
    return array;
  }
}
