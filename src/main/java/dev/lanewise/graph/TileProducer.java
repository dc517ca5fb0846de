package dev.lanewise.graph;

import dev.lanewise.kernel.TileConsumer;

/** An operation that can hand on its value tile by tile while it is computed. */
public interface TileProducer extends Op {
  /**
   * Builds the step that computes the value into its memory and hands each tile on, there.
   *
   * @param binding the buffers, kernels and state
   * @param consumer takes the tiles and may change them in place
   * @return the step
   */
  Step stepInto(Binding binding, TileConsumer consumer);

  /**
   * Builds the step that computes the value tile by tile and stores it nowhere.
   *
   * @param binding the buffers, kernels and state; the value has no buffer
   * @param consumer takes the tiles
   * @return the step
   */
  Step stepTiles(Binding binding, TileConsumer consumer);
}
