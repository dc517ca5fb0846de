package dev.lanewise.graph;

import dev.lanewise.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Operations in topological order: a node's inputs come before it.
 *
 * <p>A graph is built by {@code Ops}, which has a method for each operation, by layers and losses,
 * and by {@link #gradients}, which appends the backward pass. It holds no buffers; {@link Plan}
 * turns it into something that runs. Every method throws {@link IllegalArgumentException}, in one
 * sentence with the shapes, if its inputs do not fit. Not thread-safe.
 */
public final class Graph {
  private final List<Node> nodes = new ArrayList<>();
  private String scope = "";

  /** Makes an empty graph. */
  public Graph() {}

  /**
   * Says what the nodes appended from now on belong to, for messages.
   *
   * @param name a layer's name, or "" for nothing
   */
  public void scope(String name) {
    scope = name;
  }

  /**
   * Returns all nodes.
   *
   * @return in topological order
   */
  public List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /**
   * Appends an operation.
   *
   * @param op the operation
   * @param inputs nodes of this graph
   * @return the new node
   */
  public Node add(Op op, Node... inputs) {
    return add(op, List.of(inputs));
  }

  /**
   * Appends an operation.
   *
   * @param op the operation
   * @param inputs nodes of this graph
   * @return the new node
   */
  public Node add(Op op, List<Node> inputs) {
    for (Node input : inputs) {
      if (!nodes.contains(input)) {
        throw new IllegalArgumentException(
            op.name() + " was given the node '" + input + "', which belongs to another graph");
      }
    }
    List<Node> read = List.copyOf(op.reads(this, inputs));
    Node node = new Node(op, read, op.shape(read.stream().map(Node::shape).toList()), scope);
    nodes.add(node);
    return node;
  }

  /**
   * Appends an operation unless the graph has an equal one of the same inputs: for an operation
   * whose several values are asked for one by one.
   *
   * @param op the operation
   * @param inputs nodes of this graph
   * @return the new node, or the one that is there
   */
  public Node once(Op op, List<Node> inputs) {
    for (Node node : nodes) {
      if (node.op().equals(op) && node.inputs().equals(inputs)) {
        return node;
      }
    }
    return add(op, inputs);
  }

  /**
   * Returns the node that stands for one of several values of a node's operation.
   *
   * @param node a node of this graph
   * @param index which value: 0 for the first, for which the node itself stands
   * @return the node; for a further value a new one, or the one that is there
   */
  public Node value(Node node, int index) {
    return index == 0 ? node : once(new ValueOp(index, node.more().get(index - 1)), List.of(node));
  }

  /**
   * Appends the backward pass: the gradients of the mean of a loss over the batch.
   *
   * @param loss one loss an image, from a cross-entropy for instance
   * @param variables what to differentiate by; each must be a variable of this graph that the loss
   *     depends on
   * @return one gradient node a variable, in their order
   */
  public List<Node> gradients(Node loss, List<Variable> variables) {
    return new Differentiation(this, loss, variables).run();
  }

  /** One of the further values of the operation of input 0: {@code more.get(index - 1)}. */
  private record ValueOp(int index, Op.Value value) implements Op {
    @Override
    public String name() {
      return value.name();
    }

    @Override
    public Shape shape(List<Shape> inputs) {
      return value.shape();
    }

    @Override
    public boolean ints() {
      return value.ints();
    }

    @Override
    public int indexInInput() {
      return index;
    }

    @Override
    public boolean readsValue(int input) {
      return false;
    }
  }

  /**
   * Reverse-mode differentiation of the mean of a loss: walks the graph backwards from the loss,
   * and where a value is used more than once adds the gradients in the order in which the uses are
   * met.
   */
  private static final class Differentiation {
    private final Graph graph;
    private final Node loss;
    private final List<Variable> variables;
    private final Map<Node, Node> gradients = new HashMap<>();

    Differentiation(Graph graph, Node loss, List<Variable> variables) {
      this.graph = graph;
      this.loss = loss;
      this.variables = variables;
    }

    List<Node> run() {
      if (!loss.op().isLoss()) {
        throw new IllegalArgumentException(
            "gradients are taken of a loss, but '" + loss.op().name() + "' is none");
      }
      List<Node> forward = List.copyOf(graph.nodes());
      if (!forward.contains(loss)) {
        throw new IllegalArgumentException("the loss '" + loss + "' belongs to another graph");
      }
      Set<Node> wanted = dependents(forward);
      for (Node targets : loss.inputs().subList(1, loss.inputs().size())) {
        // A loss among the inputs is what a weighted loss weighs, and no target.
        if (wanted.contains(targets) && !targets.op().isLoss()) {
          throw new IllegalArgumentException(
              "the targets of the loss depend on a variable that it is to be differentiated by, but"
                  + " must not");
        }
      }
      if (wanted.contains(loss.input(0))) {
        gradients.put(loss.input(0), loss.op().meanGradient(graph, loss));
      }
      for (int i = forward.indexOf(loss) - 1; i >= 0; i--) {
        Node node = forward.get(i);
        Node dy = gradients.get(node);
        if (dy != null) {
          propagate(node, dy, wanted);
        }
      }
      List<Node> results = new ArrayList<>();
      for (Variable variable : variables) {
        results.add(gradientOf(variable, forward));
      }
      return results;
    }

    private void propagate(Node node, Node dy, Set<Node> wanted) {
      for (int input = 0; input < node.inputs().size(); input++) {
        Node target = node.input(input);
        if (wanted.contains(target)) {
          Node gradient = node.op().gradient(graph, node, dy, input);
          gradients.merge(target, gradient, (before, also) -> graph.add(new AddOp(), before, also));
        }
      }
    }

    /**
     * The nodes through which the loss depends on one of the variables, those themselves included.
     */
    private Set<Node> dependents(List<Node> forward) {
      Set<Node> found = new HashSet<>();
      for (Node node : forward) {
        Variable variable = node.op().variable();
        if ((variable != null && variables.contains(variable))
            || node.inputs().stream().anyMatch(found::contains)) {
          found.add(node);
        }
      }
      return found;
    }

    private Node gradientOf(Variable variable, List<Node> forward) {
      Node sum = null;
      for (Node node : forward) {
        if (node.op().variable() == variable) {
          Node gradient = gradients.get(node);
          if (gradient != null) {
            sum = sum == null ? gradient : graph.add(new AddOp(), sum, gradient);
          }
        }
      }
      if (sum == null) {
        throw new IllegalArgumentException(
            "the loss does not depend on the variable '" + variable.name() + "'");
      }
      return sum;
    }
  }
}
