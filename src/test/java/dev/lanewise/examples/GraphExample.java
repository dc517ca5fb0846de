package dev.lanewise.examples;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Plan;
import dev.lanewise.graph.StepState;
import dev.lanewise.graph.Variable;
import dev.lanewise.graph.op.Ops;
import dev.lanewise.graph.rewrite.Rules;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** The architecture page's example of a graph without layers: softmax regression. */
final class GraphExample {
  private GraphExample() {}

  static float[] run() {
    // README begins
    Variable w = Variable.zeros("w", Shape.of(2, 3));
    Variable b = Variable.zeros("b", Shape.of(3));
    Graph graph = new Graph();
    Ops ops = new Ops(graph);
    Node x = ops.input("x", Shape.of(Shape.BATCH, 2));
    Node labels = ops.labels("labels");
    Node y = ops.softmax(ops.addBias(ops.matmul(x, ops.variable(w)), ops.variable(b)));
    Node loss = ops.crossEntropy(y, labels); // one an image; gradients are those of their mean
    List<Node> gradients = graph.gradients(loss, List.of(w, b));
    List<Node> outputs = List.of(y, loss, gradients.get(0), gradients.get(1));
    StepState state = new StepState(1);
    Plan plan = Plan.of(graph, outputs, 1, Kernels.scalar(), state, Rules.all()); // for 1 image
    System.arraycopy(new float[] {0.5f, -1}, 0, plan.values(x), 0, 2);
    plan.labels(labels)[0] = 2;
    plan.run();
    float[] dw = Arrays.copyOf(plan.values(gradients.get(0)), 6); // 2 × 3
    // README ends
    return dw;
  }
}
