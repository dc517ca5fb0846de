package dev.lanewise.graph;

import static dev.lanewise.testing.Refusals.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.nn.Loss;
import dev.lanewise.nn.MnistCnn;
import dev.lanewise.nn.Sequential;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Fill;
import dev.lanewise.testing.Rewrites;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
  private final Kernels kernels = Kernels.scalar();
  private final Graph graph = new Graph();
  private final Ops ops = new Ops(graph);

  private static Variable variable(String name, long seed, int... dims) {
    Shape shape = Shape.of(dims);
    return new Variable(name, new Tensor(shape, Fill.gaussian(seed, shape.elements())));
  }

  private Plan plan(int batch, Rewrites rewrites, Node... outputs) {
    return Plan.of(graph, List.of(outputs), batch, kernels, new StepState(1), rewrites.rules());
  }

  /** y = softmax(xW + b): a graph without layers, its gradients against central differences. */
  @Test
  void softmaxRegressionWithoutLayers() {
    Variable w = variable("w", 1, 4, 3);
    Variable b = variable("b", 2, 3);
    Node x = ops.input("x", Shape.of(Shape.BATCH, 4));
    Node labels = ops.labels("labels");
    Node y = ops.softmax(ops.addBias(ops.matmul(x, ops.variable(w)), ops.variable(b)));
    Node loss = ops.crossEntropy(y, labels);
    List<Node> gradients = graph.gradients(loss, List.of(w, b));
    Plan plan = plan(5, Rewrites.ALL, y, loss, gradients.get(0), gradients.get(1));
    System.arraycopy(Fill.gaussian(3, 20), 0, plan.values(x), 0, 20);
    System.arraycopy(new int[] {0, 1, 2, 2, 1}, 0, plan.labels(labels), 0, 5);
    plan.run();
    float[] row = plan.values(y);
    assertEquals(1, row[0] + row[1] + row[2], 1e-6);
    float[] dw = plan.values(gradients.get(0)).clone();
    float[] db = plan.values(gradients.get(1)).clone();
    assertGradient(plan, loss, w, dw);
    assertGradient(plan, loss, b, db);
  }

  private static void assertGradient(Plan plan, Node loss, Variable variable, float[] gradient) {
    float[] values = variable.values();
    for (int i = 0; i < values.length; i++) {
      float old = values[i];
      values[i] = old + 1e-2f;
      double above = mean(plan, loss);
      values[i] = old - 1e-2f;
      double below = mean(plan, loss);
      values[i] = old;
      assertEquals((above - below) / 2e-2, gradient[i], 1e-3, variable.name() + " element " + i);
    }
  }

  private static double mean(Plan plan, Node loss) {
    plan.run();
    double sum = 0;
    for (int i = 0; i < plan.batch(); i++) {
      sum += plan.values(loss)[i];
    }
    return sum / plan.batch();
  }

  @Test
  void followersRideOnTheirProducers() {
    Sequential model = MnistCnn.create(1);
    Node x = ops.input("images", model.inputShape().batched());
    Node prediction = model.apply(ops, x, true);
    Node labels = Loss.SPARSE_CATEGORICAL_CROSSENTROPY.targets(ops, model.outputShape());
    Node loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY.apply(ops, prediction, labels);
    List<Node> outputs = new ArrayList<>(List.of(loss));
    outputs.addAll(graph.gradients(loss, model.variables()));
    Plan plan = Plan.of(graph, outputs, 8, kernels, new StepState(1), Rewrites.ALL.rules());
    assertEquals(
        List.of(
            "conv2d + add bias + relu + max pool + dropout",
            "reshape",
            "matmul + add bias + relu + dropout",
            "matmul + add bias",
            "cross-entropy"),
        plan.steps().subList(0, 5));
    Plan unfused = Plan.of(graph, outputs, 8, kernels, new StepState(1), Rewrites.NONE.rules());
    assertTrue(plan.steps().size() < unfused.steps().size());
    // The convolution's output, 26·26·32 floats an image, is never stored.
    assertTrue(plan.bytes() < unfused.bytes(), plan.bytes() + " of " + unfused.bytes());
  }

  /** A value that something else reads, or that is asked for, stays what it is. */
  @Test
  void nothingIsOverwrittenThatIsStillRead() {
    Variable w = variable("w", 1, 6, 5);
    Variable b = variable("b", 2, 5);
    Node x = ops.input("x", Shape.of(Shape.BATCH, 6));
    Node product = ops.matmul(x, ops.variable(w));
    Node biased = ops.addBias(product, ops.variable(b));
    Node relu = ops.relu(biased);
    Node twice = ops.sum(relu, relu);
    Node all = ops.sum(twice, product);
    Node reshaped = ops.reshape(biased, Shape.of(Shape.BATCH, 5, 1));
    float[] input = Fill.gaussian(3, 18);
    List<float[]> expected = null;
    for (Rewrites rewrites : Rewrites.values()) {
      for (Node[] asked :
          new Node[][] {
            {all}, {all, reshaped}, {reshaped, all}, {all, relu, product}, {product, all, biased}
          }) {
        Plan plan = plan(3, rewrites, asked);
        System.arraycopy(input, 0, plan.values(x), 0, 18);
        plan.run();
        if (expected == null) {
          Plan whole = plan(3, Rewrites.NONE, product, biased, relu, twice, all, reshaped);
          System.arraycopy(input, 0, whole.values(x), 0, 18);
          whole.run();
          expected = new ArrayList<>();
          for (Node node : List.of(product, biased, relu, twice, all, reshaped)) {
            expected.add(java.util.Arrays.copyOf(whole.values(node), 15));
          }
          for (int i = 0; i < 15; i++) {
            float p = expected.get(0)[i];
            float y = p + b.values()[i % 5];
            assertEquals(y, expected.get(1)[i]);
            assertEquals(2 * Math.max(0, y) + p, expected.get(4)[i], 1e-6);
          }
        }
        List<Node> known = List.of(product, biased, relu, twice, all, reshaped);
        for (Node node : asked) {
          float[] actual = java.util.Arrays.copyOf(plan.values(node), 15);
          Bits.assertSame(node.toString(), expected.get(known.indexOf(node)), actual);
        }
      }
    }
  }

  @Test
  void updatesRunAfterAllThatReadsTheOldWeights() {
    Variable w = variable("w", 1, 2, 2);
    float[] old = w.values().clone();
    Node x = ops.input("x", Shape.of(Shape.BATCH, 2));
    Node labels = ops.labels("labels");
    Node logits = ops.matmul(x, ops.variable(w));
    Node loss = ops.crossEntropyFromLogits(logits, labels);
    Node gradient = graph.gradients(loss, List.of(w)).getFirst();
    Node update = ops.update(w, gradient, descent(w));
    // Appended after the update, and asked for: it must still see the old weights.
    Node again = ops.matmul(x, ops.variable(w));
    Plan plan = plan(1, Rewrites.ALL, update, again, gradient);
    plan.values(x)[0] = 1;
    plan.values(x)[1] = 0;
    plan.run();
    assertEquals(old[0], plan.values(again)[0]);
    assertEquals(old[1], plan.values(again)[1]);
    assertEquals(old[0] - plan.values(gradient)[0], w.values()[0]);
  }

  /** An update rides on its gradient's product, if nobody asks for the gradient. */
  @Test
  void updatesRideOnTheirGradientsProduct() {
    Variable w = variable("w", 1, 3, 2);
    Node x = ops.input("x", Shape.of(Shape.BATCH, 3));
    Node loss = ops.crossEntropyFromLogits(ops.matmul(x, ops.variable(w)), ops.labels("labels"));
    Node gradient = graph.gradients(loss, List.of(w)).getFirst();
    Node update = ops.update(w, gradient, descent(w));
    String fused = "matmul + update of 'w'";
    assertEquals(fused, plan(4, Rewrites.ALL, loss, update).steps().getLast());
    List<String> asked = plan(4, Rewrites.ALL, loss, update, gradient).steps();
    assertEquals(List.of("matmul", "update of 'w'"), asked.subList(asked.size() - 2, asked.size()));
  }

  /** A gradient's product that reads a variable must do so before that one's update. */
  @Test
  void productsReadOldWeightsThoughUpdatesRide() {
    List<float[]> expected = new ArrayList<>();
    for (Rewrites rewrites : Rewrites.values()) {
      Graph own = new Graph();
      Ops ops = new Ops(own);
      Variable a = variable("a", 1, 2, 3);
      Variable b = variable("b", 2, 3, 4);
      Node labels = ops.labels("labels");
      Node x = ops.input("x", Shape.of(Shape.BATCH, 2));
      Node logits = ops.matmul(x, ops.matmul(ops.variable(a), ops.variable(b)));
      Node loss = ops.crossEntropyFromLogits(logits, labels);
      List<Node> gradients = own.gradients(loss, List.of(a, b));
      List<Node> outputs = new ArrayList<>(List.of(loss));
      outputs.add(ops.update(a, gradients.get(0), descent(a)));
      outputs.add(ops.update(b, gradients.get(1), descent(b)));
      Plan plan = Plan.of(own, outputs, 2, kernels, new StepState(1), rewrites.rules());
      System.arraycopy(new float[] {1, -2, 3, 4}, 0, plan.values(x), 0, 4);
      plan.run();
      if (expected.isEmpty()) {
        expected.addAll(List.of(a.values(), b.values()));
      }
      Bits.assertSame("a, " + rewrites, expected.get(0), a.values());
      Bits.assertSame("b, " + rewrites, expected.get(1), b.values());
    }
  }

  private static Updater descent(Variable w) {
    return (kernel, g, at, from, n) -> kernel.sgd(n, w.values(), from, g, at, 1, 0);
  }

  /** Two inputs in one memory: working in place over the first would change the second. */
  @Test
  void anInputsReshapeIsNotOverwrittenInPlace() {
    Node x = ops.input("x", Shape.of(1, 4));
    Node relu = ops.relu(x);
    Node sum = ops.addBias(relu, ops.reshape(relu, Shape.of(4)));
    Plan plan = plan(1, Rewrites.NONE, sum);
    System.arraycopy(new float[] {1, -2, 3, 4}, 0, plan.values(x), 0, 4);
    plan.run();
    Bits.assertSame(
        "relu + relu", new float[] {2, 0, 6, 8}, java.util.Arrays.copyOf(plan.values(sum), 4));
  }

  /** A further value of an operation that has become part of a chain is the chain's. */
  @Test
  void furtherValuesMayBeAskedFor() {
    Variable w = new Variable("w", new Tensor(Shape.of(1, 1, 1, 1), new float[] {-1}));
    Node x = ops.input("x", Shape.of(Shape.BATCH, 2, 2, 1));
    Node images = ops.conv2d(x, ops.variable(w), Conv2dShape.valid(1, 2, 2, 1, 1, 1, 1));
    Node pooled = ops.maxPool2d(images, Pool2dShape.valid(1, 2, 2, 1, 2, 2));
    Node relu = ops.relu(pooled);
    Node argmax = graph.value(pooled, 1);
    assertSame(argmax, graph.value(pooled, 1));
    assertSame(pooled, graph.value(pooled, 0));
    for (Rewrites rewrites : Rewrites.values()) {
      Plan plan = plan(1, rewrites, argmax, relu);
      System.arraycopy(new float[] {-1, -2, 3, -4}, 0, plan.values(x), 0, 4);
      plan.run();
      assertEquals(3, plan.labels(argmax)[0]);
      assertEquals(4, plan.values(relu)[0]);
      assertEquals(rewrites == Rewrites.ALL ? 1 : 3, plan.steps().size());
    }
    Plan alone = plan(1, Rewrites.ALL, argmax);
    alone.values(x)[1] = -1;
    alone.run();
    assertEquals(1, alone.labels(argmax)[0]);
    assertSentence(
        "argmax cannot be differentiated", () -> argmax.op().gradient(graph, argmax, x, 0));
  }

  @Test
  void valuesThatWereNotAskedForAreRefused() {
    Node x = ops.input("x", Shape.of(Shape.BATCH, 2));
    Node relu = ops.relu(x);
    Plan plan = plan(1, Rewrites.ALL, ops.relu(ops.sum(relu, x)));
    assertSentence(
        "the plan was not asked for the value of 'relu (None, 2)', and does not keep it",
        () -> plan.values(relu));
    assertSentence(
        "the plan was asked for 'relu (None, 2)', which belongs to another graph",
        () -> Plan.of(new Graph(), List.of(relu), 1, kernels, new StepState(0), List.of()));
  }

  @Test
  void refusesGradientsThatWouldBeWrong() {
    Variable v = variable("v", 1, 4);
    Node x = ops.input("x", Shape.of(Shape.BATCH, 4));
    Node logits = ops.addBias(x, ops.variable(v));
    Node loss = ops.crossEntropyFromLogits(logits, ops.softmax(logits));
    assertSentence(
        "the targets of the loss depend on a variable that it is to be differentiated by, but must"
            + " not",
        () -> graph.gradients(loss, List.of(v)));
    assertSentence(
        "cross-entropy takes labels from labels(name), but was given the floats of 'input 'y''",
        () -> ops.crossEntropyFromLogits(logits, ops.input("y", Shape.of(Shape.BATCH))));
    assertSentence(
        "the variable 'v' cannot be updated with its own weights",
        () -> ops.update(v, ops.variable(v), (kernel, g, at, from, n) -> {}));
    assertSentence(
        "the loss does not depend on the variable 'w'",
        () ->
            graph.gradients(
                ops.crossEntropyFromLogits(logits, ops.labels("labels")),
                List.of(variable("w", 1, 2))));
  }

  @Test
  void refusesWhatDoesNotFit() {
    Node x = ops.input("x", Shape.of(Shape.BATCH, 4));
    Node w = ops.variable(variable("w", 1, 3, 2));
    assertSentence(
        "matmul takes two matrices whose inner dimensions agree, but was given (None, 4) and (3, 2)",
        () -> ops.matmul(x, w));
    assertSentence(
        "add bias takes one value for each of the last dimension, but was given (None, 4) and a"
            + " bias of shape (3, 2)",
        () -> ops.addBias(x, w));
    assertSentence(
        "reshape to (None, 5) needs as many elements as its input has, which is (None, 4)",
        () -> ops.reshape(x, Shape.of(Shape.BATCH, 5)));
    assertSentence(
        "conv2d takes images (batch, 5, 5, 1), but was given (None, 4)",
        () -> ops.conv2d(x, w, Conv2dShape.valid(1, 5, 5, 1, 2, 3, 3)));
    assertSentence(
        "max pool takes images (batch, 4, 4, 1), but was given (None, 4)",
        () -> ops.maxPool2d(x, Pool2dShape.valid(1, 4, 4, 1, 2, 2)));
    assertSentence(
        "gradients are taken of a loss, but 'relu' is none",
        () -> graph.gradients(ops.relu(x), List.of()));
    assertSentence(
        "relu was given the node 'input 'x' (None, 4)', which belongs to another graph",
        () -> new Ops(new Graph()).relu(x));
    assertSentence("batch is 0, but must be at least 1", () -> plan(0, Rewrites.ALL, x));
  }
}
