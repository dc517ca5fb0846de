package dev.lanewise.graph;

import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;

/**
 * A named array of weights that outlives the graphs and plans that read and update it.
 *
 * <p>The values are one row-major float array in the layout a Keras user knows (dense weights in ×
 * out, convolution weights HWIO). Every plan over the variable uses this very array.
 */
public final class Variable {
  private final String name;
  private final Tensor value;

  /**
   * Makes a variable over an array, which it keeps.
   *
   * @param name its name, "dense/kernel" for instance
   * @param value its shape and initial values
   */
  public Variable(String name, Tensor value) {
    this.name = name;
    this.value = value;
  }

  /**
   * Makes a variable of zeros.
   *
   * @param name its name
   * @param shape its shape
   * @return the variable
   */
  public static Variable zeros(String name, Shape shape) {
    return new Variable(name, new Tensor(shape, new float[shape.elements()]));
  }

  /**
   * Returns the variable's name.
   *
   * @return as given
   */
  public String name() {
    return name;
  }

  /**
   * Returns the variable's shape.
   *
   * @return as given
   */
  public Shape shape() {
    return value.shape();
  }

  /**
   * Returns the weights themselves, not a copy.
   *
   * @return row-major values
   */
  public float[] values() {
    return value.data();
  }

  /**
   * Returns shape and weights.
   *
   * @return the tensor this variable was made over
   */
  public Tensor tensor() {
    return value;
  }

  @Override
  public String toString() {
    return name + " " + shape();
  }
}
