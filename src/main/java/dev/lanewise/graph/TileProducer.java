package dev.lanewise.graph;

import dev.lanewise.kernel.TileConsumer;

/** An operation that can hand on its value tile by tile while it is computed. */
public interface TileProducer extends Op {
  /**
   * Builds the step that computes the value into memory and hands each tile on, there.
   *
   * @param self the node whose operation this is
   * @param binding the plan's buffers, kernels and state
   * @param y the memory
   * @param consumer takes the tiles and may change them in place
   * @return the step
   */
  Step stepInto(Node self, Binding binding, float[] y, TileConsumer consumer);

  /**
   * Builds the step that computes the value tile by tile and stores it nowhere.
   *
   * @param self the node whose operation this is
   * @param binding the plan's buffers, kernels and state
   * @param consumer takes the tiles
   * @return the step
   */
  Step stepTiles(Node self, Binding binding, TileConsumer consumer);
}
