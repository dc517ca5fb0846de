package dev.lanewise.graph;

import dev.lanewise.kernel.update.Update;

/**
 * Updates stretches of one variable's weights from their gradient: what an optimizer gives a graph.
 */
@FunctionalInterface
public interface Updater {
  /**
   * Updates the weights {@code from} to {@code from + count − 1}.
   *
   * @param kernels the update kernels to use
   * @param gradient holds the stretch's gradient
   * @param gradientOffset where the gradient of weight {@code from} lies
   * @param from the first weight
   * @param count how many weights
   */
  void update(Update kernels, float[] gradient, int gradientOffset, int from, int count);
}
