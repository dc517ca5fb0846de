package dev.lanewise.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One pass of a {@link Rule} over the nodes that a plan needs: a new graph, and where the old one's
 * nodes went. Nodes are met in topological order, so that a node's inputs have their copies.
 */
public final class Rewriting {
  private final Set<Node> asked;
  private final Graph result = new Graph();
  private final Map<Node, Node> copies = new HashMap<>();
  private final Map<Node, Node> taken = new HashMap<>();
  private final Map<Node, List<Node>> readers = new HashMap<>();
  private boolean changed;

  private Rewriting(List<Node> nodes, Set<Node> asked, Rule rule) {
    this.asked = asked;
    for (Node node : nodes) {
      node.inputs().forEach(i -> readers.computeIfAbsent(i, key -> new ArrayList<>()).add(node));
    }
    for (Node node : nodes) {
      Node made = rule.apply(node, this);
      changed |= made != null;
      copies.put(node, made == null ? copy(node) : made);
    }
  }

  /**
   * What a plan runs.
   *
   * @param nodes in the order in which they run
   * @param places where the original's nodes went, if they are among these
   */
  record Result(List<Node> nodes, Map<Node, Node> places) {}

  /** Applies rules to what some nodes of a graph depend on. */
  static Result of(List<Node> graph, Set<Node> asked, List<Rule> rules) {
    List<Node> nodes = needed(graph, asked);
    Map<Node, Node> places = new HashMap<>();
    nodes.forEach(node -> places.put(node, node));
    Set<Node> wanted = asked;
    for (int i = 0; i < rules.size(); ) {
      Rewriting pass = new Rewriting(nodes, wanted, rules.get(i));
      i++;
      if (pass.changed) {
        Set<Node> copied = new HashSet<>();
        wanted.forEach(node -> copied.add(pass.here(node)));
        wanted = copied;
        nodes = needed(pass.result.nodes(), wanted);
        places.replaceAll((node, place) -> pass.here(place));
        i = 0;
      }
    }
    places.values().retainAll(new HashSet<>(nodes));
    return new Result(nodes, places);
  }

  /** The nodes that the asked ones depend on, in the graph's order, but effects last. */
  private static List<Node> needed(List<Node> graph, Set<Node> asked) {
    Set<Node> found = new HashSet<>(asked);
    List<Node> nodes = new ArrayList<>();
    List<Node> effects = new ArrayList<>();
    for (Node node : graph.reversed()) {
      if (found.contains(node)) {
        found.addAll(node.inputs());
        (node.op().placement() == Op.Placement.NONE ? effects : nodes).add(node);
      }
    }
    effects.addAll(nodes);
    return effects.reversed();
  }

  private Node copy(Node node) {
    List<Node> inputs = node.inputs().stream().map(i -> taken.getOrDefault(i, here(i))).toList();
    return result.add(node.op(), inputs);
  }

  private Node here(Node node) {
    return copies.getOrDefault(node, node);
  }

  /**
   * Appends an operation to the new graph.
   *
   * @param op the operation
   * @param inputs nodes of the new graph, or of the old one for their copies
   * @return the new node
   */
  public Node add(Op op, Node... inputs) {
    return add(op, Arrays.asList(inputs));
  }

  /**
   * Appends an operation to the new graph.
   *
   * @param op the operation
   * @param inputs nodes of the new graph, or of the old one for their copies
   * @return the new node
   */
  public Node add(Op op, List<Node> inputs) {
    return result.add(op, inputs.stream().map(this::here).toList());
  }

  /**
   * Has a new node compute the further values of an old one, whose copy nobody else reads.
   *
   * @param old a node of the old graph
   * @param by a new node with the same further values
   */
  public void takeValues(Node old, Node by) {
    taken.put(old, by);
  }

  /**
   * Returns whether a node of the old graph has been met and has its copy.
   *
   * @param node the node
   * @return whether it comes before the node that the rule is applied to
   */
  public boolean isCopied(Node node) {
    return copies.containsKey(node);
  }

  /**
   * Returns who has a node among its inputs; one that has it twice stands there twice.
   *
   * @param node a node of the old graph
   * @return nodes of the old graph
   */
  public List<Node> readers(Node node) {
    return readers.getOrDefault(node, List.of());
  }

  /**
   * Returns whether a node's value serves one other node alone, so that it need not be kept: nobody
   * else reads it, it was not asked for, and its further values are not read before.
   *
   * @param node a node of the old graph
   * @param reader the node that the rule is applied to
   * @return whether the reader may take it over
   */
  public boolean servesOnly(Node node, Node reader) {
    List<Node> others = new ArrayList<>(readers(node));
    others.remove(reader);
    return !asked.contains(node)
        && others.stream().allMatch(other -> other.op().indexInInput() > 0 && !isCopied(other));
  }
}
