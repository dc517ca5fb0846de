package dev.lanewise.data;

/** What a model shall learn to answer: one target for each sample. Immutable. */
public sealed interface Targets permits Labels, DenseTargets {
  /**
   * Returns the number of targets.
   *
   * @return at least 1
   */
  int count();

  /**
   * Returns some of the targets, which are not copied.
   *
   * @param from the first one, from 0
   * @param to the one after the last, above {@code from} and at most {@link #count}
   * @return the targets from {@code from} to {@code to} − 1
   * @throws IllegalArgumentException if there are no such targets
   */
  Targets slice(int from, int to);
}
