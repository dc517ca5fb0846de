package dev.lanewise.graph;

import dev.lanewise.kernel.TileConsumer;

/** An operation that can hand on its value tile by tile while it is computed. */
public interface TileProducer extends Op {
  /**
   * Builds the step that computes the value and hands each tile on.
   *
   * @param binding the buffers, kernels and state; the value has none if it is not stored
   * @param consumer takes the tiles and may change them in place
   * @param stored whether the tiles lie in the value's memory; if not, the value is stored nowhere
   * @return the step
   */
  Runnable step(Binding binding, TileConsumer consumer, boolean stored);
}
