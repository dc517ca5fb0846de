package dev.lanewise.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.graph.op.Ops;
import dev.lanewise.kernel.Kernels;
import dev.lanewise.kernel.conv2d.Conv2dShape;
import dev.lanewise.kernel.pool.Pool2dShape;
import dev.lanewise.optim.Adam;
import dev.lanewise.optim.LearningRate;
import dev.lanewise.optim.Optimizer;
import dev.lanewise.optim.OptimizerState;
import dev.lanewise.optim.Sgd;
import dev.lanewise.tensor.Shape;
import dev.lanewise.tensor.Tensor;
import dev.lanewise.testing.Bits;
import dev.lanewise.testing.Cases;
import dev.lanewise.testing.Cases.GradCheck;
import dev.lanewise.testing.Rewrites;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The published small network, every intermediate value and gradient of it, through a graph, fused
 * and unfused. Of the two published layouts the channels-first one is brought to channels last.
 */
class GradCheckTest {
  private static final double RTOL = 1e-5;
  private static final double ATOL = 1e-6;

  /** The network of the case over given variables. */
  private static final class Net {
    final Graph graph = new Graph();
    final Ops ops = new Ops(graph);
    final Map<String, Node> forward = new LinkedHashMap<>();
    final List<Variable> variables = new ArrayList<>();
    final Node input;
    final Node labels;
    final Node loss;

    Net(GradCheck check) {
      input = ops.input("images", Shape.of(Shape.BATCH, 8, 8, 1));
      labels = ops.labels("labels");
      Node conv =
          ops.conv2d(input, variable(check, "conv.w"), Conv2dShape.valid(1, 8, 8, 1, 2, 3, 3));
      conv = put("conv", ops.addBias(conv, variable(check, "conv.b")));
      Node relu = put("conv_relu", ops.relu(conv));
      Node pool = put("pool", ops.maxPool2d(relu, Pool2dShape.valid(1, 6, 6, 2, 2, 2)));
      Node flat = put("flat", ops.reshape(pool, Shape.of(Shape.BATCH, 18)));
      Node dense1 = put("dense1", dense(check, flat, "dense1"));
      Node hidden = put("dense1_relu", ops.relu(dense1));
      Node logits = put("logits", dense(check, hidden, "dense2"));
      Node probabilities = put("probs", ops.softmax(logits));
      loss = put("loss_each", ops.crossEntropy(probabilities, labels));
    }

    private Node dense(GradCheck check, Node x, String name) {
      Node y = ops.matmul(x, variable(check, name + ".w"));
      return ops.addBias(y, variable(check, name + ".b"));
    }

    private Node put(String name, Node node) {
      forward.put(name, node);
      return node;
    }

    private Node variable(GradCheck check, String name) {
      Cases.Tensor value = channelsLast(check, name, check.params().get(name));
      Variable variable = new Variable(name, new Tensor(Shape.of(value.shape()), value.floats()));
      variables.add(variable);
      return ops.variable(variable);
    }

    Plan plan(List<Node> outputs, Rewrites rewrites, GradCheck check) {
      Plan plan = Plan.of(graph, outputs, 2, Kernels.scalar(), new StepState(0), rewrites.rules());
      float[] images = channelsLast(check, "images", check.input()).floats();
      System.arraycopy(images, 0, plan.values(input), 0, images.length);
      System.arraycopy(check.labels(), 0, plan.labels(labels), 0, 2);
      return plan;
    }
  }

  /**
   * A tensor of the case in channels-last layout: images NHWC, kernels HWIO, dense rows to match.
   */
  private static Cases.Tensor channelsLast(GradCheck check, String name, Cases.Tensor tensor) {
    if (check.json().string("layout").equals("NHWC")) {
      return tensor;
    }
    return switch (name) {
      case "conv.w" -> tensor.toHwio();
      case "images", "conv", "conv_relu", "pool" -> tensor.toNhwc();
      // Rows of 2 channels × 3 × 3 pixels become rows of 3 × 3 pixels × 2 channels.
      case "dense1.w" -> tensor.reshaped(2, 3, 3, 5).permuted(1, 2, 0, 3).reshaped(18, 5);
      case "flat" -> tensor.reshaped(2, 2, 3, 3).toNhwc().reshaped(2, 18);
      default -> tensor;
    };
  }

  static Stream<Arguments> checks() {
    return Cases.gradChecks().stream()
        .flatMap(
            check -> Stream.of(Rewrites.values()).map(rewrites -> Arguments.of(check, rewrites)));
  }

  @ParameterizedTest
  @MethodSource("checks")
  void valuesAndGradientsAreThePublishedOnes(GradCheck check, Rewrites rewrites) {
    Net net = new Net(check);
    List<Node> gradients = net.graph.gradients(net.loss, net.variables);
    // Asked for all at once, nothing can be fused away; asked for alone, everything can.
    List<Node> all = new ArrayList<>(net.forward.values());
    all.addAll(gradients);
    Plan whole = net.plan(all, rewrites, check);
    whole.run();
    net.forward.forEach(
        (name, node) ->
            assertValue(name, channelsLast(check, name, check.forward().get(name)), whole, node));
    Plan alone = net.plan(gradients, rewrites, check);
    alone.run();
    for (int i = 0; i < gradients.size(); i++) {
      String name = net.variables.get(i).name();
      Cases.Tensor expected = channelsLast(check, name, check.gradParams().get(name));
      assertValue(name, expected, whole, gradients.get(i));
      assertValue(name, expected, alone, gradients.get(i));
    }
  }

  private static void assertValue(String name, Cases.Tensor expected, Plan plan, Node node) {
    float[] actual = new float[expected.size()];
    System.arraycopy(plan.values(node), 0, actual, 0, actual.length);
    Bits.assertClose(name, expected.data(), actual, RTOL, ATOL);
  }

  @ParameterizedTest
  @MethodSource("checks")
  void fiveStepsOfMomentumLoseAsPublished(GradCheck check, Rewrites rewrites) {
    Optimizer momentum = new Sgd(LearningRate.constant(0.1), 0.9, false);
    assertLosses(check, momentum, check.lossesSgd(), rewrites);
  }

  @ParameterizedTest
  @MethodSource("checks")
  void fiveStepsOfAdamLoseAsPublished(GradCheck check, Rewrites rewrites) {
    assertLosses(check, new Adam(0.01), check.lossesAdam(), rewrites);
  }

  private static void assertLosses(
      GradCheck check, Optimizer optimizer, double[] expected, Rewrites rewrites) {
    Net net = new Net(check);
    OptimizerState state = optimizer.start(net.variables);
    List<Node> gradients = net.graph.gradients(net.loss, net.variables);
    List<Node> outputs = new ArrayList<>(List.of(net.loss));
    for (int i = 0; i < gradients.size(); i++) {
      outputs.add(net.ops.update(net.variables.get(i), gradients.get(i), state.updater(i)));
    }
    Plan plan = net.plan(outputs, rewrites, check);
    assertEquals(6, expected.length);
    for (int step = 0; step < expected.length; step++) {
      state.beginStep();
      plan.run();
      float[] losses = plan.values(net.loss);
      double mean = ((double) losses[0] + losses[1]) / 2;
      assertEquals(expected[step], mean, 1e-5 * expected[step] + ATOL, "loss before step " + step);
    }
  }
}
