package dev.lanewise.graph;

import dev.lanewise.graph.op.UpdateOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Attaches tile-wise followers to their producers: cuts the nodes that a plan runs into groups,
 * each of which becomes one step.
 *
 * <p>A follower joins a producer's group if it alone reads the value before it and nobody outside
 * asked for that value. A group holds at most one follower that writes elsewhere (a pooling, an
 * update), and runs at the place of its last node, where all its inputs are there.
 *
 * <p>Updates run after everything else, and a producer that an update has joined runs among them.
 * So it must not read a variable: an update before it might have changed it already.
 */
final class Fusion {
  private Fusion() {}

  /**
   * One step of a plan: a node alone, or a producer and the followers of its tiles.
   *
   * @param nodes in order; only the last one's value is stored
   */
  record Group(List<Node> nodes) {
    Node first() {
      return nodes.getFirst();
    }

    Node last() {
      return nodes.getLast();
    }
  }

  /**
   * Cuts nodes into groups.
   *
   * @param nodes the nodes to run, in topological order
   * @param asked the nodes whose values are asked for
   * @param fused whether followers join their producers; if not, every node is a group
   * @return the groups in the order in which they run
   */
  static List<Group> groups(List<Node> nodes, Set<Node> asked, boolean fused) {
    Map<Node, List<Node>> readers = readers(nodes);
    Set<Node> absorbed = new HashSet<>();
    Map<Node, Group> groupOfLast = new HashMap<>();
    for (Node node : nodes) {
      if (absorbed.contains(node)) {
        continue;
      }
      List<Node> chain = new ArrayList<>(List.of(node));
      if (fused && node.op() instanceof TileProducer) {
        extend(chain, readers, asked);
      }
      absorbed.addAll(chain);
      Group group = new Group(List.copyOf(chain));
      groupOfLast.put(group.last(), group);
    }
    List<Group> groups = new ArrayList<>();
    for (Node node : nodes) {
      Group group = groupOfLast.get(node);
      if (group != null) {
        groups.add(group);
      }
    }
    return groups;
  }

  private static void extend(List<Node> chain, Map<Node, List<Node>> readers, Set<Node> asked) {
    boolean elsewhere = false;
    while (true) {
      Node end = chain.getLast();
      List<Node> next = readers.getOrDefault(end, List.of());
      if (asked.contains(end)
          || next.size() != 1
          || !(next.getFirst().op() instanceof TileFollower follower)
          || next.getFirst().input(0) != end
          || !follower.followsTiles(next.getFirst())
          || (follower instanceof UpdateOp && chain.stream().anyMatch(Fusion::readsVariable))) {
        return;
      }
      if (!follower.changesTileInPlace()) {
        if (elsewhere) {
          return;
        }
        elsewhere = true;
      }
      chain.add(next.getFirst());
    }
  }

  private static boolean readsVariable(Node node) {
    return node.inputs().stream().anyMatch(Node::isInVariable);
  }

  /** Who reads each node's value; a node that reads it twice stands there twice. */
  static Map<Node, List<Node>> readers(List<Node> nodes) {
    Map<Node, List<Node>> readers = new HashMap<>();
    for (Node node : nodes) {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (node.op().readsValue(i)) {
          readers.computeIfAbsent(node.input(i), key -> new ArrayList<>()).add(node);
        }
      }
    }
    return readers;
  }
}
