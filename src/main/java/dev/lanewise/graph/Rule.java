package dev.lanewise.graph;

import org.jspecify.annotations.Nullable;

/**
 * A rewrite of a graph that keeps every bit of its values: {@link Plan} applies its rules in order,
 * each wherever it fits, until none does.
 */
@FunctionalInterface
@SuppressWarnings("exports") // @Nullable: see module-info
public interface Rule {
  /**
   * Appends what computes a node's value in another way.
   *
   * @param node a node of the graph as it is
   * @param rewriting the graph that is being made, and who reads what in the graph as it is
   * @return what replaces the node, or null where the rule does not fit
   */
  @Nullable Node apply(Node node, Rewriting rewriting);
}
