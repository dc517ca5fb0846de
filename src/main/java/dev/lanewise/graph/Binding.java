package dev.lanewise.graph;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a plan gives an operation to build its step with.
 *
 * @param inputs the inputs, in the operation's order
 * @param values its values, the first and further ones
 * @param kernels what to compute with
 * @param state what changes from step to step: seed and step number
 */
public record Binding(List<Buffer> inputs, List<Buffer> values, Kernels kernels, StepState state) {
  /** Computes a value's n elements from an input. */
  @FunctionalInterface
  public interface OfOne {
    /**
     * Computes the value.
     *
     * @param kernels what to compute with
     * @param n how many elements it has
     * @param x input 0
     * @param y takes the value
     */
    void run(Kernels kernels, int n, float[] x, float[] y);
  }

  /** Computes a value's n elements from two inputs. */
  @FunctionalInterface
  public interface OfTwo {
    /**
     * Computes the value.
     *
     * @param kernels what to compute with
     * @param n how many elements it has
     * @param a input 0
     * @param b input 1
     * @param y takes the value
     */
    void run(Kernels kernels, int n, float[] a, float[] b, float[] y);
  }

  /**
   * Builds the step of an operation whose value is computed from input 0.
   *
   * @param of computes it
   * @return the step
   */
  public Runnable step(OfOne of) {
    int n = shape().elements();
    float[] x = input(0);
    float[] y = value();
    return () -> of.run(kernels, n, x, y);
  }

  /**
   * Builds the step of an operation whose value is computed from inputs 0 and 1.
   *
   * @param of computes it
   * @return the step
   */
  public Runnable step(OfTwo of) {
    int n = shape().elements();
    float[] a = input(0);
    float[] b = input(1);
    float[] y = value();
    return () -> of.run(kernels, n, a, b, y);
  }

  /**
   * Returns the memory of an input.
   *
   * @param index which input
   * @return the array, at least as long as the shape's elements, which begin at index 0
   */
  public float[] input(int index) {
    return inputs.get(index).floats();
  }

  /**
   * Returns the memory of an input of ints.
   *
   * @param index which input
   * @return the array
   */
  public int[] ints(int index) {
    return inputs.get(index).ints();
  }

  /**
   * Returns the shape of an input.
   *
   * @param index which input
   * @return a shape without open dimensions
   */
  public Shape inputShape(int index) {
    return inputs.get(index).shape();
  }

  /**
   * Returns the memory of the first value.
   *
   * @return as {@link #input} returns that of an input
   */
  public float[] value() {
    return value(0);
  }

  /**
   * Returns the memory of a value.
   *
   * @param index which value, from 0
   * @return as {@link #input} returns that of an input
   */
  public float[] value(int index) {
    return values.get(index).floats();
  }

  /**
   * Returns the memory of a value of ints.
   *
   * @param index which value, from 0
   * @return the array
   */
  public int[] intValue(int index) {
    return values.get(index).ints();
  }

  /**
   * Returns whether a value is kept: whether anything reads it, or it was asked for. The first
   * always is, unless the operation has none.
   *
   * @param index which value, from 0
   * @return whether the step must compute it
   */
  public boolean wanted(int index) {
    return values.get(index).isKept();
  }

  /**
   * Returns the shape of the first value.
   *
   * @return a shape without open dimensions
   */
  public Shape shape() {
    return values.getFirst().shape();
  }

  /** The memory of one value in a plan. */
  public static final class Buffer {
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
}
