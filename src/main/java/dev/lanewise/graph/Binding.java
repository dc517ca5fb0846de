package dev.lanewise.graph;

import dev.lanewise.kernel.Kernels;
import dev.lanewise.tensor.Shape;

/** What a plan gives an operation to build its step with. */
public interface Binding {
  /**
   * Returns the memory of a node's value; its elements begin at index 0.
   *
   * @param node a node whose value is kept
   * @return the array, at least as long as the shape's elements
   */
  float[] floats(Node node);

  /**
   * Returns the memory of a node's int labels.
   *
   * @param node a node of int labels
   * @return the array, one label an image
   */
  int[] labels(Node node);

  /**
   * Returns whether anything reads a node's side result.
   *
   * @param node the node
   * @return whether the step must compute it
   */
  boolean needsSide(Node node);

  /**
   * Returns a node's side result of floats.
   *
   * @param node a node with {@link Op.Side#FLOATS_OF_INPUT}
   * @return the array
   */
  float[] sideFloats(Node node);

  /**
   * Returns a node's side result of ints.
   *
   * @param node a node with {@link Op.Side#INTS_OF_VALUE}
   * @return the array
   */
  int[] sideInts(Node node);

  /**
   * Returns a node's shape with the plan's batch size filled in.
   *
   * @param node the node
   * @return a shape without open dimensions
   */
  Shape shape(Node node);

  /**
   * Returns the kernels to compute with.
   *
   * @return the kernels
   */
  Kernels kernels();

  /**
   * Returns the state that changes from step to step.
   *
   * @return seed and step number
   */
  StepState state();
}
