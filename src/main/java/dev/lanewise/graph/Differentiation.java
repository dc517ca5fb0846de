package dev.lanewise.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reverse-mode differentiation of the mean of a loss: walks the graph backwards from the loss, and
 * where a value is used more than once adds the gradients in the order in which the uses are met.
 */
final class Differentiation {
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
